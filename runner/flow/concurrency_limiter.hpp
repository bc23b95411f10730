// How many requests may be in flight. Fixed when the user says so, else found by trying.
#pragma once

#include <cstdint>
#include <optional>

#include "batchmill/clock.hpp"

namespace batchmill {

/// Slow start and additive increase, multiplicative decrease, as TCP does it (Jacobson 1988):
/// doubles per round trip until the first sign of overload, then grows by one per round trip.
class concurrency_limiter {
 public:
  explicit concurrency_limiter(std::optional<unsigned> fixed);

  unsigned limit() const { return static_cast<unsigned>(limit_); }
  bool has_room() const { return in_flight_ < limit(); }
  unsigned in_flight() const { return in_flight_; }

  void acquire() { ++in_flight_; }
  void release() { --in_flight_; }

  /// One answer is in, while its slot is still taken. Successes let the limit grow when it was what
  /// held the run back. Overload cuts it when it is more than a stray answer, once per episode:
  /// `sent_at` tells whether the attempt was under way when the last cut was made.
  void answered(bool overloaded, time_point sent_at, time_point now);

 private:
  void grow();
  void cut(time_point now);

  bool fixed_;
  bool slow_start_ = true;
  double overload_share_ = 0;  // of the last answers, smoothed
  double limit_;
  unsigned in_flight_ = 0;
  std::optional<time_point> last_cut_;
};

}  // namespace batchmill
