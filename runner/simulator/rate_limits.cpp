#include "runner/simulator/rate_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace batchmill::simulator_detail {

namespace {

using minutes = std::chrono::duration<double, std::ratio<60>>;

// A sixtieth of a millionth is lost to rounding; it must not cost a client another round.
constexpr double tolerance = 1e-6;

std::int64_t rounded_up(duration d, duration unit) {
  return (d.count() + unit.count() - 1) / unit.count();
}

std::string_view dimension(bool tokens) {
  return tokens ? "tokens per min (TPM)" : "requests per min (RPM)";
}

constexpr std::string_view learn_more =
    "Visit https://platform.openai.com/account/rate-limits to learn more.";

api_error limit_error(bool tokens, std::string message) {
  api_error error{429, std::move(message), "", "rate_limit_exceeded"};
  error.type = tokens ? "tokens" : "requests";
  return error;
}

api_error too_large(std::string_view model, double limit, double requested) {
  return limit_error(
      true, fmt::format("Request too large for {} in organization org-simulated on {}: Limit {:.0f}"
                        ", Requested {:.0f}. The input or output tokens must be reduced in order "
                        "to run successfully. {}",
                        model, dimension(true), limit, requested, learn_more));
}

refusal refuse(std::string_view model, bool tokens, const bucket& b, double amount) {
  if (b.limit() <= 0) return {};
  if (amount > b.limit()) return too_large(model, b.limit(), amount);
  const auto wait = b.wait_for(amount);
  if (wait <= duration::zero()) return {};
  return limit_reached(model, tokens, {b.limit(), b.used(), amount}, wait);
}

void append_headers(std::string& out, std::string_view name, const bucket& b) {
  if (b.limit() <= 0) return;
  fmt::format_to(std::back_inserter(out),
                 "x-ratelimit-limit-{0}: {1:.0f}\r\nx-ratelimit-remaining-{0}: {2:.0f}\r\n"
                 "x-ratelimit-reset-{0}: {3}\r\n",
                 name, b.limit(), std::floor(b.level() + tolerance),
                 go_duration(b.wait_for(b.limit())));
}

}  // namespace

void bucket::refill(time_point now) {
  if (now <= filled_) return;
  level_ = std::min(limit_, level_ + limit_ * minutes(now - filled_).count());
  filled_ = now;
}

duration bucket::wait_for(double amount) const {
  const double missing = amount - level_;
  if (limit_ <= 0 || missing <= tolerance) return {};
  return std::chrono::ceil<duration>(minutes(missing / limit_));
}

refusal rate_limits::admit(std::string_view model, std::int64_t tokens, time_point now) {
  if (requests_per_minute_ <= 0 && tokens_per_minute_ <= 0) return {};
  auto& buckets = buckets_of(model, now);
  const auto cost = static_cast<double>(tokens);
  if (auto error = refuse(model, true, buckets.tokens, cost)) return error;
  if (auto error = refuse(model, false, buckets.requests, 1)) return error;
  buckets.requests.take(1);
  buckets.tokens.take(cost);
  return {};
}

std::string rate_limits::headers(std::string_view model, time_point now) {
  std::string out;
  if (requests_per_minute_ <= 0 && tokens_per_minute_ <= 0) return out;
  const auto& buckets = buckets_of(model, now);
  append_headers(out, "requests", buckets.requests);
  append_headers(out, "tokens", buckets.tokens);
  return out;
}

rate_limits::model_buckets& rate_limits::buckets_of(std::string_view model, time_point now) {
  auto found = models_.find(model);
  if (found == models_.end()) {
    const model_buckets full{bucket(requests_per_minute_, now), bucket(tokens_per_minute_, now)};
    found = models_.emplace(std::string(model), full).first;
  }
  found->second.requests.refill(now);
  found->second.tokens.refill(now);
  return found->second;
}

api_error limit_reached(std::string_view model, bool tokens, const limit_numbers& numbers,
                        duration wait) {
  auto error = limit_error(
      tokens,
      fmt::format("Rate limit reached for {} in organization org-simulated on {}: Limit {:.0f}, "
                  "Used {:.0f}, Requested {:.0f}. Please try again in {}. {}",
                  model, dimension(tokens), numbers.limit, std::ceil(numbers.used - tolerance),
                  numbers.requested, go_duration(wait), learn_more));
  error.headers = fmt::format("retry-after: {}\r\nretry-after-ms: {}\r\n",
                              rounded_up(wait, std::chrono::seconds(1)),
                              rounded_up(wait, std::chrono::milliseconds(1)));
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
