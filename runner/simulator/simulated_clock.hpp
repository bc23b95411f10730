// The clock of files, uploads and batches: it may run faster than the real one.
#pragma once

#include <chrono>
#include <optional>

#include "batchmill/clock.hpp"

namespace batchmill::simulator_detail {

/// Seconds since 1970.
using moment = double;

class simulated_clock {
 public:
  /// `start` is what it shows when it is told the real time for the first time.
  simulated_clock(double rate, moment start) : rate_(rate), start_(start), now_(start) {}

  /// Tells it the real time.
  void set(time_point real) {
    if (!begin_) begin_ = real;
    now_ = start_ + rate_ * std::chrono::duration<double>(real - *begin_).count();
  }

  moment now() const { return now_; }

 private:
  double rate_;
  moment start_;
  moment now_;
  std::optional<time_point> begin_;
};

}  // namespace batchmill::simulator_detail
