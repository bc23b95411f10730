#include "runner/simulator/rate_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

#include "runner/simulator/limits/allowance.hpp"
#include "runner/simulator/limits/continuous_bucket.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr auto day = std::chrono::hours(24);

bool counts_tokens(dimension what) {
  return what == dimension::tokens || what == dimension::project_tokens;
}

void append_headers(std::string& out, std::string_view name, const metered_limit& limit) {
  const double left = std::max(0.0, limit.kept().stated());
  fmt::format_to(std::back_inserter(out),
                 "x-ratelimit-limit-{0}: {1:.0f}\r\nx-ratelimit-remaining-{0}: {2:.0f}\r\n"
                 "x-ratelimit-reset-{0}: {3}\r\n",
                 name, limit.limit(), std::floor(left + amount_tolerance),
                 go_duration(limit.kept().until_full()));
}

}  // namespace

rate_limits::rate_limits(const simulation_options& options)
    : options_(options), course_(options.limits, options.seed) {
  check_simulated_limits(options.limits);
}

// What is asked for most comes first.
refusal rate_limits::admit(std::string_view model, std::int64_t tokens, time_point now) {
  if (model.empty()) return {};
  auto& of = limits_of(model, now);
  const auto cost = static_cast<double>(tokens);
  for (const auto what : {dimension::tokens, dimension::project_tokens, dimension::requests,
                          dimension::requests_per_day})
    if (auto error = check(model, of, what, counts_tokens(what) ? cost : 1)) return error;
  take(of, 1, cost);
  of.books.admit(tokens, now);
  return {};
}

refusal rate_limits::check(std::string_view model, model_limits& of, dimension what,
                           double amount) {
  const auto* limit = find(of, what);
  if (!limit) return {};
  const limit_numbers numbers{limit->limit(), limit->used(), amount};
  const bool too_large = counts_tokens(what) && amount > limit->limit();
  const auto wait = limit->kept().wait_for(amount);
  if (!too_large && wait <= duration::zero()) return {};
  of.books.refuse(what, too_large);
  if (options_.limits.header_share <= 0) return hidden_limit_reached(model, what);
  if (too_large) return larger_than_limit(model, what, numbers);
  return limit_reached(model, what, numbers, wait);
}

void rate_limits::take(model_limits& of, double requests, double tokens) {
  for (int i = 0; i < dimensions; ++i) {
    const auto what = static_cast<dimension>(i);
    if (auto* limit = find(of, what)) limit->take(counts_tokens(what) ? tokens : requests);
  }
}

void rate_limits::correct(std::string_view model, std::int64_t tokens, time_point now) {
  auto& of = limits_of(model, now);
  take(of, 0, static_cast<double>(tokens));
  of.books.tokens += tokens;
}

std::string rate_limits::headers(std::string_view model, time_point now) {
  std::string out;
  auto& of = limits_of(model, now);
  // A limit per day takes the headers of the one per minute.
  const auto* requests = find(of, dimension::requests_per_day);
  if (!requests) requests = find(of, dimension::requests);
  if (requests) append_headers(out, "requests", *requests);
  if (const auto* tokens = find(of, dimension::tokens)) append_headers(out, "tokens", *tokens);
  if (project_) append_headers(out, "project-tokens", *project_);
  return out;
}

rate_limits::model_limits& rate_limits::limits_of(std::string_view model, time_point now) {
  course_.begin(now);
  const auto& shape = options_.limits;
  const auto per_minute = [&](std::optional<metered_limit>& limit, double amount) {
    if (amount > 0 && !limit)
      limit.emplace(amount, make_allowance(shape, amount, now), &course_, now);
  };
  auto found = models_.find(model);
  if (found == models_.end()) {
    found = models_.try_emplace(std::string(model)).first;
    auto& limits = found->second.limits;
    per_minute(limits[static_cast<int>(dimension::requests)], options_.requests_per_minute);
    per_minute(limits[static_cast<int>(dimension::tokens)], options_.tokens_per_minute);
    if (shape.requests_per_day > 0)
      limits[static_cast<int>(dimension::requests_per_day)].emplace(
          shape.requests_per_day,
          std::make_unique<continuous_bucket>(shape.requests_per_day, day, day, now), nullptr, now);
    per_minute(project_, shape.project_tokens_per_minute);
  }
  for (auto& limit : found->second.limits)
    if (limit) limit->advance(now);
  if (project_) project_->advance(now);
  return found->second;
}

metered_limit* rate_limits::find(model_limits& of, dimension what) {
  auto& limit =
      what == dimension::project_tokens ? project_ : of.limits.at(static_cast<std::size_t>(what));
  return limit ? &*limit : nullptr;
}

void rate_limits::write_books(json_writer& json, time_point now) {
  limit_books all;
  limit_flow requests, tokens;
  std::string models;
  json_writer each(models, json_layout::compact);
  each.open_object();
  for (auto& [name, of] : models_) {
    each.key(name).open_object();
    simulator_detail::write_books(each, of.books, course_);
    all.add(of.books);
    const auto write = [&](dimension what, std::string_view unit, limit_flow& sum) {
      const auto* limit = find(of, what);
      const auto flow = limit ? limit_flow(*limit, of.books, now) : limit_flow();
      write_flow(each, unit, flow);
      sum.add(flow);
    };
    write(dimension::requests, "requests", requests);
    write(dimension::tokens, "tokens", tokens);
    each.close_object();
  }
  each.close_object();
  json.key("seconds").real(course_.seconds(now));
  simulator_detail::write_books(json, all, course_);
  write_flow(json, "requests", requests);
  write_flow(json, "tokens", tokens);
  write_flow(json, "project_tokens", project_ ? limit_flow(*project_, all, now) : limit_flow());
  json.key("models").raw(models);
}

}  // namespace batchmill::simulator_detail
