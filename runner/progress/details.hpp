// What the texts about remote objects share: ages, moments, labelled lines.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "runner/progress/humanize.hpp"
#include "runner/progress/json_text.hpp"
#include "runner/progress/text.hpp"
#include "runner/remote/objects.hpp"

namespace batchmill {

/// "35s", "12m", "5h", "3d": the larger part is enough for an age.
inline std::string short_span(unix_seconds seconds) {
  constexpr unix_seconds minute = 60, hour = 60 * minute, day = 24 * hour;
  if (seconds < 2 * minute) return fmt::format("{}s", seconds);
  if (seconds < 2 * hour) return fmt::format("{}m", seconds / minute);
  if (seconds < 2 * day) return fmt::format("{}h", seconds / hour);
  return fmt::format("{}d", seconds / day);
}

inline std::string age(unix_seconds created, unix_seconds now) {
  if (created == 0) return "-";
  return created <= now ? short_span(now - created) : "0s";
}

inline std::string until(unix_seconds expires, unix_seconds now) {
  if (expires == 0) return "-";
  return expires <= now ? "over" : "in " + short_span(expires - now);
}

inline std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : text;
}

inline std::string moment(unix_seconds when, unix_seconds now) {
  if (when > now) return fmt::format("{} ({})", utc_time(when), until(when, now));
  return fmt::format("{} ({} ago)", utc_time(when), age(when, now));
}

/// A label and what it stands for on each line; what is empty is left out.
class detail_lines {
 public:
  void add(const char* label, const std::string& value) {
    if (!value.empty()) text_ += fmt::format("{:<12}{}\n", label, escape_controls(value));
  }
  void add_time(const char* label, unix_seconds when, unix_seconds now) {
    if (when != 0) add(label, moment(when, now));
  }

  std::string take() && { return std::move(text_); }

 private:
  std::string text_;
};

inline void add_time(json_object& object, std::string_view key, unix_seconds when) {
  if (when == 0) {
    object.null(key);
  } else {
    object.integer(key, when);
  }
}

}  // namespace batchmill
