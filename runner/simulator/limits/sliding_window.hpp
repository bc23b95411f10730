// Whatever was taken within the last minute counts.
#pragma once

#include <deque>

#include "runner/simulator/limits/allowance.hpp"

namespace batchmill::simulator_detail {

/// What is taken comes back `window` later, rounded up to a millisecond.
class sliding_window : public allowance {
 public:
  sliding_window(double limit, duration window, time_point now);

  void advance(time_point now, double others) override;
  void set_limit(double limit) override { limit_ = limit; }
  void take(double amount) override;
  duration wait_for(double amount) const override;
  double remaining() const override { return burst() - used_; }
  duration until_full() const override;
  double burst() const override { return limit_ * share_; }

 private:
  struct taken {
    time_point back;  // when it comes back
    double amount;
  };

  void add(double amount);
  void give_back(double amount);

  double limit_;  // per minute
  duration window_;
  double share_;  // of a minute
  double used_ = 0;
  std::deque<taken> taken_;  // what makes up `used_`, the oldest first
  time_point now_;
};

}  // namespace batchmill::simulator_detail
