// Durations as the API and the job spec write them: "500ms", "1.5s", "6m0s", "1h2m3s".
// Header-only, so that jobs/ and runner/ share it without sharing a library.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "batchmill/clock.hpp"

namespace batchmill {

namespace duration_detail {

struct unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

// A name that begins another stands behind it. Both spellings of "µs" are in use.
inline constexpr std::array units{
    unit{"ns", 1},
    unit{"us", 1'000},
    unit{"\xc2\xb5s", 1'000},
    unit{"\xce\xbcs", 1'000},
    unit{"ms", 1'000'000},
    unit{"s", 1'000'000'000},
    unit{"m", 60'000'000'000},
    unit{"h", 3'600'000'000'000},
    unit{"d", 86'400'000'000'000},
};

inline std::string_view take_digits(std::string_view& text) {
  const auto end = text.find_first_not_of("0123456789");
  const auto digits = text.substr(0, end);
  text.remove_prefix(digits.size());
  return digits;
}

/// `scale` nanoseconds, `whole`.`fraction` times; parts of a nanosecond are dropped.
inline std::optional<std::int64_t> scaled(std::string_view whole, std::string_view fraction,
                                          std::int64_t scale) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  std::int64_t count = 0;
  for (const char c : whole) {
    if (count > (most - 9) / 10) return {};
    count = count * 10 + (c - '0');
  }
  if (count > most / scale - 1) return {};
  std::int64_t sum = count * scale;
  for (const char c : fraction) sum += (c - '0') * (scale /= 10);
  return sum;
}

/// Takes "<number><unit>" from the front of `text`.
inline std::optional<std::int64_t> take_term(std::string_view& text, bool may_be_bare) {
  const auto whole = take_digits(text);
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take_digits(text);
  }
  if (whole.empty() && fraction.empty()) return {};
  if (text.empty() && may_be_bare) return scaled(whole, fraction, 1'000'000'000);
  for (const auto& u : units) {
    if (!text.starts_with(u.name)) continue;
    text.remove_prefix(u.name.size());
    return scaled(whole, fraction, u.nanoseconds);
  }
  return {};
}

}  // namespace duration_detail

/// Go's syntax, one or more <number><unit> with ns, us, µs, ms, s, m, h (and d for days).
/// A bare number counts seconds. Nothing else is accepted; the whole text must match.
inline std::optional<duration> parse_duration(std::string_view text) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  std::int64_t sum = 0;
  bool first = true;
  do {
    const auto term = duration_detail::take_term(text, first);
    if (!term || *term > most - sum) return {};
    sum += *term;
    first = false;
  } while (!text.empty());
  return std::chrono::duration_cast<duration>(std::chrono::nanoseconds(sum));
}

/// The inverse for people, rounded to what they care for: "350ms", "1.5s", "2m30s", "1h05m".
inline std::string format_duration(duration d) {
  if (d < duration::zero()) {
    if (d == duration::min()) d += duration(1);
    return '-' + format_duration(-d);
  }
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(d).count();
  const auto rounded = [ns](std::int64_t to) { return ns / to + (ns % to >= (to + 1) / 2); };
  const auto joined = [](std::int64_t high, const char* big, std::int64_t low, const char* small) {
    if (low == 0) return std::to_string(high) + big;
    return std::to_string(high) + big + (low < 10 ? "0" : "") + std::to_string(low) + small;
  };
  if (ns == 0) return "0s";
  if (ns < 1'000) return std::to_string(ns) + "ns";
  if (rounded(1'000) < 1'000) return std::to_string(rounded(1'000)) + "us";
  if (rounded(1'000'000) < 1'000) return std::to_string(rounded(1'000'000)) + "ms";
  if (const auto tenths = rounded(100'000'000); tenths < 600) {
    const auto whole = std::to_string(tenths / 10);
    return tenths % 10 == 0 ? whole + "s" : whole + '.' + std::to_string(tenths % 10) + "s";
  }
  const auto seconds = rounded(1'000'000'000);
  if (seconds < 3600) return joined(seconds / 60, "m", seconds % 60, "s");
  const auto minutes = rounded(60'000'000'000);
  return joined(minutes / 60, "h", minutes % 60, "m");
}

}  // namespace batchmill
