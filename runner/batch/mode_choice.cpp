#include "runner/batch/mode_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>

#include "batchmill/duration.hpp"
#include "batchmill/grouped_number.hpp"

namespace batchmill {
namespace {

using std::chrono::hours;

constexpr std::uint64_t few = 500;             // rows for which no batch is worth its wait
constexpr duration longest_batch = hours(24);  // the API's completion window

/// How long the limits make the rows take; nothing when none is known.
std::optional<duration> time_online(const mode_facts& f) {
  double minutes = 0;
  const auto rows = static_cast<double>(f.rows);
  if (f.requests_per_minute) minutes = std::max(minutes, rows / *f.requests_per_minute);
  if (f.tokens_per_minute) {
    minutes = std::max(minutes, rows * f.tokens_per_row / *f.tokens_per_minute);
  }
  if (!f.requests_per_minute && !f.tokens_per_minute) return std::nullopt;
  constexpr double longest = 100.0 * 365 * 24 * 60;
  using fractional = std::chrono::duration<double, std::ratio<60>>;
  return std::chrono::duration_cast<duration>(fractional(std::min(minutes, longest)));
}

int digits(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

mode_choice choose_mode(const mode_facts& f) {
  if (!f.batch_possible) return {false, "the Batch API does not take this job"};
  if (f.rows <= few)
    return {false, f.rows == 1 ? "one row is little" : fmt::format("{} rows are few", f.rows)};
  const auto online = time_online(f);
  const bool day_is_fine = !f.time_given || *f.time_given >= longest_batch;
  if (f.prefer == preference::time) {
    if (online && *online > longest_batch) {
      return {true, "the limits make it take " + format_duration(*online) + " online"};
    }
    return {false, "time is preferred to price"};
  }
  if (day_is_fine) return {true, "half the price, within a day"};
  if (online && *online > *f.time_given) {
    return {true, "the limits make it take " + format_duration(*online) +
                      " online, longer than there is time"};
  }
  return {false, "a batch may take a day, and there are " + format_duration(*f.time_given)};
}

std::optional<wall_time> deadline_after(const std::string& text, wall_time now) {
  if (text.empty()) return std::nullopt;
  if (const auto span = parse_duration(text)) {
    return now + std::chrono::duration_cast<wall_time::duration>(*span);
  }
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm day{};
  ::localtime_r(&seconds, &day);
  day.tm_hour = digits(std::string_view(text).substr(0, 2));
  day.tm_min = digits(std::string_view(text).substr(3));
  day.tm_sec = 0;
  day.tm_isdst = -1;
  std::time_t then = std::mktime(&day);
  if (then <= seconds) {
    ++day.tm_mday;
    day.tm_isdst = -1;
    then = std::mktime(&day);
  }
  return std::chrono::system_clock::from_time_t(then);
}

}  // namespace batchmill
