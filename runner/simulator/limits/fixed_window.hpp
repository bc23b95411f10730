// The whole allowance at the beginning of each window, and nothing more until the next.
#pragma once

#include "runner/simulator/limits/allowance.hpp"

namespace batchmill::simulator_detail {

/// Windows of `window` follow one another from `now` on. What overshoots one, counts in the next.
class fixed_window : public allowance {
 public:
  fixed_window(double limit, duration window, time_point now);

  void advance(time_point now, double others) override;
  void set_limit(double limit) override;
  void take(double amount) override { used_ += amount; }
  duration wait_for(double amount) const override;
  double remaining() const override { return burst() - used_; }
  duration until_full() const override { return start_ + window_ - now_; }
  double burst() const override { return limit_ * share_; }

 private:
  void give_to_others(double amount);

  double limit_;  // per minute
  duration window_;
  double share_;  // of a minute
  double used_ = 0;
  double most_;  // the largest allowance that this window had
  time_point start_;
  time_point now_;
};

}  // namespace batchmill::simulator_detail
