// How to go back to a level that failed: fast at first, gently near it, and then a little beyond.
#pragma once

#include <optional>

#include "batchmill/clock.hpp"

namespace batchmill {

/// The window function of CUBIC (RFC 9438, section 4.2), for any quantity: after a cut the value
/// returns along a cubic to the ceiling at which it failed, rests there and then probes above.
class recovery_curve {
 public:
  /// The value `ceiling` failed; go on with (1 - depth) of it and be back after `plateau`.
  void cut(double ceiling, double depth, duration plateau, time_point now);

  /// The value of this moment; `uncut` when nothing was ever cut.
  double at(time_point now, double uncut) const;

  /// So much time does not count: nothing is learned during a pause.
  void delay(duration pause) { since_ += pause; }

  bool is_cut() const { return plateau_.has_value(); }
  double ceiling() const { return ceiling_; }

 private:
  double ceiling_ = 0;
  double depth_ = 0;
  std::optional<duration> plateau_;
  time_point since_{};
};

}  // namespace batchmill
