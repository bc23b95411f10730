// A bucket into which the limit flows all the time.
#pragma once

#include "runner/simulator/limits/allowance.hpp"

namespace batchmill::simulator_detail {

/// `limit` flows in within `period`; the bucket holds what flows in within `burst`. Starts full.
/// Headers state the whole limit, less what the bucket lacks.
class continuous_bucket : public allowance {
 public:
  continuous_bucket(double limit, duration period, duration burst, time_point now);

  void advance(time_point now, double others) override;
  void set_limit(double limit) override;
  void take(double amount) override { level_ -= amount; }
  duration wait_for(double amount) const override;
  double remaining() const override { return level_; }
  double stated() const override { return limit_ - burst() + level_; }
  duration until_full() const override { return wait_for(burst()); }
  double burst() const override { return limit_ * burst_; }

 private:
  double limit_;
  double period_;  // seconds
  double burst_;   // in periods
  double level_;
  time_point filled_;
};

}  // namespace batchmill::simulator_detail
