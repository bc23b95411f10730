// Notices as lines, and the times that stand before them.
#include "runner/progress/notices.hpp"

#include <fmt/format.h>

#include <ctime>

#include "runner/progress/text.hpp"

namespace batchmill {

namespace {

std::string label_of(severity s, bool color) {
  switch (s) {
    case severity::warning:
      return paint(tone::waiting, "warning:", color) + " ";
    case severity::error:
      return paint(tone::bad, "error:", color) + " ";
    case severity::info:
      break;
  }
  return "";
}

}  // namespace

const char* severity_name(severity s) {
  switch (s) {
    case severity::info:
      return "info";
    case severity::warning:
      return "warning";
    case severity::error:
      return "error";
  }
  return "unknown";
}

std::string notice_line(severity s, std::string_view sentence, bool color) {
  return label_of(s, color) + escape_controls(sentence) + "\n";
}

std::string time_of_day(wall_time t) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(t);
  std::tm local{};
  localtime_r(&seconds, &local);
  return fmt::format("{:02}:{:02}:{:02}", local.tm_hour, local.tm_min, local.tm_sec);
}

std::string rfc3339(wall_time t) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(t);
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(t - whole).count();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(whole);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, millis);
}

}  // namespace batchmill
