// Numbers and durations as people read them.
#include "runner/progress/humanize.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "batchmill/duration.hpp"

namespace batchmill {

using std::chrono::seconds;

std::string short_count(std::uint64_t n) {
  struct unit {
    std::uint64_t size;
    char name;
  };
  static constexpr std::array units{unit{1'000'000'000'000, 'T'}, unit{1'000'000'000, 'B'},
                                    unit{1'000'000, 'M'}, unit{1'000, 'k'}};
  for (const auto& u : units) {
    if (n < u.size) continue;
    // Cut, not rounded: 999,999 is not yet a million.
    if (n / u.size >= 100) return fmt::format("{}{}", n / u.size, u.name);
    return fmt::format("{}.{}{}", n / u.size, n % u.size / (u.size / 10), u.name);
  }
  return std::to_string(n);
}

std::string short_rate(double per_second) {
  if (!std::isfinite(per_second) || per_second < 0.005) return "0";
  if (per_second < 0.995) return fmt::format("{:.2f}", per_second);
  if (per_second < 9.95) return fmt::format("{:.1f}", per_second);
  if (per_second > 1e15) return "a great many";
  return with_separators(static_cast<std::uint64_t>(std::llround(per_second)));
}

std::string rough_duration(duration d) {
  if (d < seconds(10)) return format_duration(d);
  return format_duration(std::chrono::round<seconds>(d));
}

std::string coarse_duration(duration d) {
  const auto whole = std::chrono::round<seconds>(d);
  const auto step = whole < seconds(60) ? 1 : whole < seconds(600) ? 5 : 60;
  return format_duration(seconds((whole.count() + step / 2) / step * step));
}

std::string utc_time(std::int64_t seconds) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

}  // namespace batchmill
