// One limit of one model (or of all): its allowance, kept up with time.
#pragma once

#include <memory>

#include "runner/simulator/limits/allowance.hpp"
#include "runner/simulator/limits/limit_course.hpp"

namespace batchmill::simulator_detail {

class metered_limit {
 public:
  /// `limit` as it is originally. `course` must outlive this; none: the limit never changes.
  metered_limit(double limit, std::unique_ptr<allowance> kept, const limit_course* course,
                time_point now);

  void advance(time_point now);

  double limit() const { return stated_; }
  double original() const { return original_; }
  double used() const { return stated_ - kept_->remaining(); }
  double burst() const { return burst_; }
  const allowance& kept() const { return *kept_; }
  void take(double amount) { kept_->take(amount); }

  /// What was left to us between the two; what a bucket held at first is not in it.
  double left(time_point from, time_point to) const;

 private:
  double original_;
  double stated_;
  std::unique_ptr<allowance> kept_;
  double burst_;  // at first
  const limit_course* course_;
  time_point now_;
};

}  // namespace batchmill::simulator_detail
