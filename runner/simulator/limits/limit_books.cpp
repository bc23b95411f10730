#include "runner/simulator/limits/limit_books.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace batchmill::simulator_detail {

namespace {

constexpr std::array<std::string_view, dimensions> names = {"requests", "tokens",
                                                            "requests_per_day", "project_tokens"};

// To a millionth: what lies below is rounding.
void write_number(json_writer& json, bool known, double value) {
  if (known)
    json.real(std::round(value * 1e6) / 1e6);
  else
    json.null();
}

void write_time(json_writer& json, const std::optional<time_point>& t, const limit_course& course) {
  write_number(json, t.has_value(), t ? course.seconds(*t) : 0);
}

}  // namespace

void limit_books::refuse(dimension what, bool never_passes) {
  ++attempts;
  ++refused.at(static_cast<std::size_t>(what));
  too_large += never_passes ? 1 : 0;
}

void limit_books::admit(std::int64_t charged, time_point now) {
  ++attempts;
  ++requests;
  tokens += charged;
  if (!first) first = now;
  last = now;
}

void limit_books::add(const limit_books& other) {
  attempts += other.attempts;
  for (std::size_t i = 0; i < refused.size(); ++i) refused[i] += other.refused[i];
  too_large += other.too_large;
  requests += other.requests;
  tokens += other.tokens;
  if (other.first && (!first || *other.first < *first)) first = other.first;
  if (other.last && (!last || *other.last > *last)) last = other.last;
}

limit_flow::limit_flow(const metered_limit& limit, const limit_books& books, time_point now)
    : limited(true), burst(limit.burst()) {
  if (!books.first) return;
  allowed = limit.left(*books.first, *books.last);
  until_now = limit.left(*books.first, now);
}

void limit_flow::add(const limit_flow& other) {
  limited = limited || other.limited;
  allowed += other.allowed;
  until_now += other.until_now;
  burst += other.burst;
}

void write_books(json_writer& json, const limit_books& books, const limit_course& course) {
  json.key("attempts").integer(static_cast<std::int64_t>(books.attempts));
  json.key("refused").open_object();
  for (std::size_t i = 0; i < names.size(); ++i)
    json.key(names[i]).integer(static_cast<std::int64_t>(books.refused[i]));
  json.close_object();
  json.key("too_large").integer(static_cast<std::int64_t>(books.too_large));
  json.key("admitted_requests").integer(static_cast<std::int64_t>(books.requests));
  json.key("admitted_tokens").integer(books.tokens);
  write_time(json.key("first_admitted"), books.first, course);
  write_time(json.key("last_admitted"), books.last, course);
}

void write_flow(json_writer& json, std::string_view unit, const limit_flow& flow) {
  write_number(json.key(fmt::format("allowed_{}", unit)), flow.limited, flow.allowed);
  write_number(json.key(fmt::format("allowed_{}_until_now", unit)), flow.limited, flow.until_now);
  write_number(json.key(fmt::format("burst_{}", unit)), flow.limited, flow.burst);
}

}  // namespace batchmill::simulator_detail
