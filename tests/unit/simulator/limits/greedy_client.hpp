// A client that takes whatever a limit lets it have, as soon as it does.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include "runner/simulator/limits/allowance.hpp"
#include "runner/simulator/limits/limit_course.hpp"
#include "runner/simulator/limits/metered_limit.hpp"

namespace batchmill::testing {

inline constexpr time_point noon = time_point(std::chrono::hours(12));

/// When each `amount` was taken, within `time` from `noon` on.
inline std::vector<time_point> take_all(simulator_detail::metered_limit& limit, duration time,
                                        double amount = 1) {
  std::vector<time_point> taken;
  for (auto now = noon; now < noon + time;) {
    limit.advance(now);
    const auto wait = limit.kept().wait_for(amount);
    now += std::max(wait, wait > duration::zero() ? duration(std::chrono::microseconds(1)) : wait);
    if (wait > duration::zero()) continue;
    limit.take(amount);
    taken.push_back(now);
  }
  return taken;
}

/// The most that was taken within any `window`.
inline std::size_t most_within(const std::vector<time_point>& taken, duration window) {
  std::size_t most = 0, first = 0;
  for (std::size_t last = 0; last < taken.size(); ++last) {
    while (taken[last] - taken[first] >= window) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

/// A limit per minute that begins at `noon`.
struct limit_under_test {
  limit_under_test(const simulated_limits& limits, double per_minute, std::uint64_t seed = 1)
      : course(limits, seed),
        limit(per_minute, simulator_detail::make_allowance(limits, per_minute, noon), &course,
              noon) {
    course.begin(noon);
  }

  simulator_detail::limit_course course;
  simulator_detail::metered_limit limit;
};

}  // namespace batchmill::testing
