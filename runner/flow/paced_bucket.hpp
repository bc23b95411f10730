// One rate limit, kept by even spacing: so many units a minute, never a burst of a minute's worth.
#pragma once

#include <algorithm>
#include <limits>

#include "batchmill/clock.hpp"

namespace batchmill {

/// The generic cell rate algorithm (ITU-T I.371): a single point in time says when the units
/// taken so far will have been earned. Units not used are kept for `slack` only.
class paced_bucket {
 public:
  static constexpr double unlimited = std::numeric_limits<double>::infinity();

  explicit paced_bucket(double per_minute = unlimited) : per_minute_(per_minute) {}

  double per_minute() const { return per_minute_; }
  bool limited() const { return per_minute_ != unlimited; }

  /// What was taken and is not earned yet is earned at the new rate.
  void set_rate(double per_minute, time_point now);

  /// When may the next take happen? Its own size does not matter: a large one makes later ones
  /// wait.
  time_point ready_at() const { return std::max(earned_at_, begin_); }

  void take(double units, time_point now);

  /// Nothing is earned before.
  void begin_at(time_point t) { begin_ = std::max(begin_, t); }

  /// Corrects an earlier take by the difference, which may be negative.
  void correct(double units);

 private:
  // Late timers must not cost rate: so much unused time may be caught up with.
  static constexpr auto slack = std::chrono::milliseconds(50);

  duration time_for(double units) const;

  double per_minute_;
  time_point earned_at_{};
  time_point begin_{};
};

}  // namespace batchmill
