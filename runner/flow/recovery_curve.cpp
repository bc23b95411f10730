#include "runner/flow/recovery_curve.hpp"

#include <algorithm>

namespace batchmill {

void recovery_curve::cut(double ceiling, double depth, duration plateau, time_point now) {
  ceiling_ = ceiling;
  depth_ = depth;
  plateau_ = plateau;
  since_ = now;
}

double recovery_curve::at(time_point now, double uncut) const {
  if (!plateau_) return uncut;
  const std::chrono::duration<double> passed = std::max(duration::zero(), now - since_);
  const double t = passed / *plateau_ - 1;
  return ceiling_ * (1 + depth_ * t * t * t);
}

}  // namespace batchmill
