#include "runner/simulator/limits/limit_errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "runner/simulator/limits/allowance.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::string_view learn_more =
    "Visit https://platform.openai.com/account/rate-limits to learn more.";

std::int64_t rounded_up(duration d, duration unit) {
  return (d.count() + unit.count() - 1) / unit.count();
}

// Who is limited in what; for the project the wording is a guess.
std::string_view scope(dimension what) {
  switch (what) {
    case dimension::requests:
      return "organization org-simulated on requests per min (RPM)";
    case dimension::requests_per_day:
      return "organization org-simulated on requests per day (RPD)";
    case dimension::project_tokens:
      return "project proj-simulated on tokens per min (TPM)";
    default:
      return "organization org-simulated on tokens per min (TPM)";
  }
}

api_error limit_error(dimension what, std::string message) {
  api_error error{429, std::move(message), "", "rate_limit_exceeded"};
  const bool tokens = what == dimension::tokens || what == dimension::project_tokens;
  error.type = tokens ? "tokens" : "requests";
  return error;
}

}  // namespace

api_error limit_reached(std::string_view model, dimension what, const limit_numbers& numbers,
                        duration wait) {
  auto error = limit_error(
      what,
      fmt::format("Rate limit reached for {} in {}: Limit {:.0f}, Used {:.0f}, Requested "
                  "{:.0f}. Please try again in {}. {}",
                  model, scope(what), numbers.limit, std::ceil(numbers.used - amount_tolerance),
                  numbers.requested, go_duration(wait), learn_more));
  error.headers = fmt::format("retry-after: {}\r\nretry-after-ms: {}\r\n",
                              rounded_up(wait, std::chrono::seconds(1)),
                              rounded_up(wait, std::chrono::milliseconds(1)));
  return error;
}

api_error hidden_limit_reached(std::string_view model, dimension what) {
  return limit_error(
      what, fmt::format("Rate limit reached for {} in {}. {}", model, scope(what), learn_more));
}

api_error larger_than_limit(std::string_view model, dimension what, const limit_numbers& numbers) {
  return limit_error(
      what, fmt::format("Request too large for {} in {}: Limit {:.0f}, Requested {:.0f}. The input "
                        "or output tokens must be reduced in order to run successfully. {}",
                        model, scope(what), numbers.limit, numbers.requested, learn_more));
}

api_error too_many_at_once(int most, int status) {
  api_error error{status, fmt::format("The server answers {} requests already and takes no more "
                                      "at once. Please try again later.",
                                      most)};
  error.type = status == 429 ? "rate_limit_error" : "service_unavailable_error";
  error.code = status == 429 ? "too_many_concurrent_requests" : "server_is_overloaded";
  return error;
}

std::string go_duration(duration d) {
  const auto all = std::max<std::int64_t>(0, rounded_up(d, std::chrono::milliseconds(1)));
  if (all == 0) return "0s";
  if (all < 1000) return fmt::format("{}ms", all);
  std::string out;
  const auto hours = all / 3'600'000, minutes_left = all / 60'000 % 60;
  if (hours > 0) out += fmt::format("{}h", hours);
  if (all >= 60'000) out += fmt::format("{}m", minutes_left);
  const auto seconds = fmt::format("{}.{:03}", all / 1000 % 60, all % 1000);
  const auto kept = seconds.find_last_not_of('0');
  out.append(seconds, 0, seconds[kept] == '.' ? kept : kept + 1);
  return out + "s";
}

}  // namespace batchmill::simulator_detail
