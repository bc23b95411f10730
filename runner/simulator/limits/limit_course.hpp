// How a limit goes on over time: it changes, and others take their part of it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "batchmill/clock.hpp"
#include "batchmill/simulation.hpp"
#include "runner/simulator/limits/other_tenants.hpp"

namespace batchmill::simulator_detail {

class limit_course {
 public:
  limit_course(const simulated_limits& limits, std::uint64_t seed);

  /// The first request; times count from it. Later calls change nothing.
  void begin(time_point now);

  /// Seconds since the first request; 0 before it.
  double seconds(time_point now) const;

  /// What the original limit is multiplied with.
  double factor(time_point now) const;

  /// What others take between the two, in minutes' worth of the original limit.
  double others(time_point from, time_point to) const;

  /// What is left between the two, in minutes' worth of the original limit.
  double left(time_point from, time_point to) const;

  /// How far a limit may advance at once: not past a change, nor by more than a second while others
  /// take their part; `to` at most.
  time_point next_step(time_point from, time_point to) const;

 private:
  struct amounts {
    double whole = 0;
    double others = 0;
  };

  amounts sum(time_point from, time_point to) const;

  std::vector<simulated_limit_change> changes_;  // by time
  other_tenants tenants_;
  std::optional<time_point> began_;
};

}  // namespace batchmill::simulator_detail
