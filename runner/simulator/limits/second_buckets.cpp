#include "runner/simulator/limits/second_buckets.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace batchmill::simulator_detail {

namespace {

constexpr auto second = std::chrono::seconds(1);

}  // namespace

second_buckets::second_buckets(double limit, time_point now)
    : minute_(limit, std::chrono::minutes(1), std::chrono::minutes(1), now),
      quota_(limit / 60),
      level_(burst()),
      second_(now),
      now_(now) {}

double second_buckets::burst() const {
  return std::ceil(quota_ - amount_tolerance);
}

void second_buckets::advance(time_point now, double others) {
  if (now <= now_) return;
  minute_.advance(now, others);
  const auto passed = (now - second_) / second;
  if (passed > 0) {
    const auto last = second_ + passed * second;
    const double before = static_cast<double>((last - now_).count()) /
                          static_cast<double>((now - now_).count()) * others;
    give_to_others(before);
    level_ = std::min(burst(), level_ + static_cast<double>(passed) * quota_);
    others -= before;
    second_ = last;
  }
  give_to_others(others);
  now_ = now;
}

void second_buckets::give_to_others(double amount) {
  level_ -= std::min(amount, std::max(0.0, level_));
}

void second_buckets::set_limit(double limit) {
  minute_.set_limit(limit);
  quota_ = limit / 60;
  level_ = std::min(level_, burst());
}

void second_buckets::take(double amount) {
  minute_.take(amount);
  level_ -= amount;
}

duration second_buckets::wait_for(double amount) const {
  const double missing = std::min(amount, burst()) - level_;
  if (missing <= amount_tolerance) return {};
  const auto seconds = static_cast<std::int64_t>(std::ceil((missing - amount_tolerance) / quota_));
  return second_ + seconds * second - now_;
}

}  // namespace batchmill::simulator_detail
