#include "runner/flow/response_headers.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <string>

#include "batchmill/duration.hpp"

namespace batchmill {
namespace {

/// As nearly all are, and much quicker to read.
std::optional<std::uint64_t> read_whole(std::string_view text) {
  constexpr std::size_t most_digits = 19;
  if (text.size() > most_digits) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

std::optional<double> read_number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (const auto whole = read_whole(text)) return static_cast<double>(*whole);
  const char* end = text.data() + text.size();
  double value = 0;
  const auto parsed = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (parsed.ec != std::errc() || parsed.ptr != end || value < 0) return std::nullopt;
  if (!std::isfinite(value)) return std::nullopt;  // "inf" and "nan" are numbers to from_chars
  return value;
}

// A day's, and some; a point in time in the place of a duration is more.
constexpr auto longest_reset = std::chrono::hours(48);

// What allows less than one a minute, or a day, would have the run wait for years. Such a server
// can still refuse.
constexpr double least_limit = 1;

limit_headers read_family(std::string_view limit, std::string_view remaining,
                          std::string_view reset) {
  limit_headers family;
  family.limit = read_number(limit);
  if (!family.limit || *family.limit < least_limit) return {};
  family.remaining = read_number(remaining);
  family.reset = parse_duration(reset);
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

/// IMF-fixdate of RFC 9110, e.g. "Sun, 06 Nov 1994 08:49:37 GMT", as seconds since 1970: a
/// wall_time ends with the year 2262.
std::optional<std::time_t> read_http_date(std::string_view text) {
  std::tm parts{};
  const std::string terminated(text);
  const char* end = strptime(terminated.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return timegm(&parts);
}

}  // namespace

rate_headers read_rate_headers(const noted_headers& headers) {
  using enum noted_header;
  rate_headers all;
  all.requests =
      read_family(headers[limit_requests], headers[remaining_requests], headers[reset_requests]);
  all.tokens = read_family(headers[limit_tokens], headers[remaining_tokens], headers[reset_tokens]);
  all.project_tokens = read_family(headers[limit_project_tokens], headers[remaining_project_tokens],
                                   headers[reset_project_tokens]);
  return all;
}

std::optional<duration> read_retry_after(const noted_headers& headers, wall_time now) {
  if (const auto ms = read_number(headers[noted_header::retry_after_ms])) {
    if (const auto wait = positive<std::milli>(*ms)) return wait;
  }
  const std::string_view value = headers[noted_header::retry_after];
  if (value.empty()) return std::nullopt;
  if (const auto seconds = read_number(value)) return positive<std::ratio<1>>(*seconds);
  const auto date = read_http_date(value);
  if (!date) return std::nullopt;
  // By the server's clock, where it says what that shows: ours may be wrong, or set anew.
  const auto shown = read_http_date(headers[noted_header::date]);
  const std::chrono::duration<double> ours = now.time_since_epoch();
  const double sent = shown ? static_cast<double>(*shown) : ours.count();
  return positive<std::ratio<1>>(static_cast<double>(*date) - sent);
}

std::optional<bool> read_should_retry(const noted_headers& headers) {
  const std::string_view value = headers[noted_header::should_retry];
  if (value == "true") return true;
  if (value == "false") return false;
  return std::nullopt;
}

}  // namespace batchmill
