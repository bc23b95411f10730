// When what happens to a batch: decided when it is created, so that a slow machine changes nothing.
#pragma once

#include <algorithm>
#include <cstddef>

#include "runner/simulator/simulated_clock.hpp"

namespace batchmill::simulator_detail {

class batch_plan {
 public:
  batch_plan() = default;

  /// From its creation to its end a batch takes `time` seconds, if it may.
  batch_plan(moment created, double time) : created_(created), time_(time) {}

  moment expires() const { return created_ + day; }

  /// Validation is over.
  moment begins() const { return created_ + edge(); }

  /// All `total` requests are done.
  moment finalizes() const { return begins() + span(); }

  /// The output files are there.
  moment ends() const { return finalizes() + edge(); }

  /// How long a batch is `cancelling`, or goes on after it expired.
  double edge() const { return std::min(time_ / 20, longest_edge); }

  /// How many of `total` requests are done by `now`? Those after the expiry are never done.
  std::size_t due(moment now, std::size_t total) const {
    const auto at = std::min(now, expires());
    if (at >= finalizes()) return total;
    const double worked = std::max(at - begins(), 0.0);
    return std::min(total, static_cast<std::size_t>(worked * static_cast<double>(total) / span()));
  }

 private:
  static constexpr double day = 24 * 3600, longest_edge = 600;

  double span() const { return time_ - 2 * edge(); }

  moment created_ = 0;
  double time_ = 0;
};

}  // namespace batchmill::simulator_detail
