#include "runner/simulator/limits/continuous_bucket.hpp"

#include <algorithm>
#include <chrono>

namespace batchmill::simulator_detail {

namespace {

using seconds = std::chrono::duration<double>;

}  // namespace

continuous_bucket::continuous_bucket(double limit, duration period, duration burst, time_point now)
    : limit_(limit),
      period_(seconds(period).count()),
      burst_(seconds(burst) / seconds(period)),
      level_(limit * burst_),
      filled_(now) {}

void continuous_bucket::advance(time_point now, double others) {
  if (now <= filled_) return;
  level_ = std::min(burst(), level_ + limit_ * (seconds(now - filled_).count() / period_) - others);
  filled_ = now;
}

void continuous_bucket::set_limit(double limit) {
  limit_ = limit;
  level_ = std::min(level_, burst());
}

duration continuous_bucket::wait_for(double amount) const {
  const double missing = std::min(amount, burst()) - level_;
  if (missing <= amount_tolerance) return {};
  // A trifle less, lest rounding adds a nanosecond, and texts a millisecond.
  const double sure = missing - std::min(amount_tolerance / 2, missing * 1e-12);
  return std::chrono::ceil<duration>(seconds(sure / limit_ * period_));
}

}  // namespace batchmill::simulator_detail
