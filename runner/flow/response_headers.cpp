#include "runner/flow/response_headers.hpp"

#include <charconv>
#include <cmath>
#include <ctime>
#include <string>

#include "batchmill/duration.hpp"

namespace batchmill {
namespace {

std::optional<double> read_number(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (parsed.ec != std::errc() || parsed.ptr != end || value < 0) return std::nullopt;
  if (!std::isfinite(value)) return std::nullopt;  // "inf" and "nan" are numbers to from_chars
  return value;
}

// A day's, and some; a point in time in the place of a duration is more.
constexpr auto longest_reset = std::chrono::hours(48);

/// Whole names, because every answer is asked for all of them.
struct family_names {
  std::string_view limit, remaining, reset;
};

constexpr family_names of_requests{"x-ratelimit-limit-requests", "x-ratelimit-remaining-requests",
                                   "x-ratelimit-reset-requests"};
constexpr family_names of_tokens{"x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens",
                                 "x-ratelimit-reset-tokens"};
constexpr family_names of_project_tokens{"x-ratelimit-limit-project-tokens",
                                         "x-ratelimit-remaining-project-tokens",
                                         "x-ratelimit-reset-project-tokens"};

limit_headers read_family(const http_response& response, const family_names& names) {
  limit_headers family;
  family.limit = read_number(response.header(names.limit));
  if (!family.limit) return family;
  family.remaining = read_number(response.header(names.remaining));
  family.reset = parse_duration(response.header(names.reset));
  if (family.reset && *family.reset > longest_reset) family.reset.reset();
  return family;
}

// Beyond a day a wait means "not today": the caller's own bounds decide then.
constexpr auto longest_wait = std::chrono::hours(24);

template <class Unit>
std::optional<duration> positive(double count) {
  const std::chrono::duration<double, Unit> wait(count);
  if (!(count > 0) || wait > longest_wait) return std::nullopt;
  return std::chrono::duration_cast<duration>(wait);
}

/// IMF-fixdate of RFC 9110, e.g. "Sun, 06 Nov 1994 08:49:37 GMT".
std::optional<wall_time> read_http_date(std::string_view text) {
  std::tm parts{};
  const std::string terminated(text);
  const char* end = strptime(terminated.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

}  // namespace

rate_headers read_rate_headers(const http_response& response) {
  rate_headers headers;
  headers.requests = read_family(response, of_requests);
  headers.tokens = read_family(response, of_tokens);
  headers.project_tokens = read_family(response, of_project_tokens);
  return headers;
}

std::optional<duration> read_retry_after(const http_response& response, wall_time now) {
  if (const auto ms = read_number(response.header("retry-after-ms"))) {
    if (const auto wait = positive<std::milli>(*ms)) return wait;
  }
  const std::string_view value = response.header("retry-after");
  if (value.empty()) return std::nullopt;
  if (const auto seconds = read_number(value)) return positive<std::ratio<1>>(*seconds);
  const auto date = read_http_date(value);
  if (!date) return std::nullopt;
  return positive<std::ratio<1>>(std::chrono::duration<double>(*date - now).count());
}

std::optional<bool> read_should_retry(const http_response& response) {
  const std::string_view value = response.header("x-should-retry");
  if (value == "true") return true;
  if (value == "false") return false;
  return std::nullopt;
}

}  // namespace batchmill
