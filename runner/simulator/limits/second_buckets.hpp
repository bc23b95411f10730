// A limit per minute that is held to in each second: 60,000 a minute are 1,000 in every second,
// whatever the headers state.
#pragma once

#include "runner/simulator/limits/continuous_bucket.hpp"

namespace batchmill::simulator_detail {

/// Each second brings a sixtieth of `limit`; what a second leaves is lost, but for the part of one
/// that makes 500 a minute eight in one second and nine in another. Headers state the bucket of a
/// whole minute.
class second_buckets : public allowance {
 public:
  second_buckets(double limit, time_point now);

  void advance(time_point now, double others) override;
  void set_limit(double limit) override;
  void take(double amount) override;
  duration wait_for(double amount) const override;
  double remaining() const override { return level_; }
  double stated() const override { return minute_.remaining(); }
  duration until_full() const override { return minute_.until_full(); }
  double burst() const override;

 private:
  void give_to_others(double amount);

  continuous_bucket minute_;
  double quota_;  // a second's
  double level_;
  time_point second_;  // when the present one began
  time_point now_;
};

}  // namespace batchmill::simulator_detail
