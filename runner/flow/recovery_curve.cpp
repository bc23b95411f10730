#include "runner/flow/recovery_curve.hpp"

#include <algorithm>

namespace batchmill {
namespace {

constexpr double probing_depth = 0.05;  // however deep the cut was, the ceiling is passed gently

}  // namespace

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
  const double depth = t > 0 ? std::min(depth_, probing_depth) : depth_;
  return ceiling_ * (1 + depth * t * t * t);
}

}  // namespace batchmill
