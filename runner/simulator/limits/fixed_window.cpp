#include "runner/simulator/limits/fixed_window.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace batchmill::simulator_detail {

namespace {

using minutes = std::chrono::duration<double, std::ratio<60>>;

}  // namespace

fixed_window::fixed_window(double limit, duration window, time_point now)
    : limit_(limit),
      window_(window),
      share_(minutes(window).count()),
      most_(burst()),
      start_(now),
      now_(now) {}

void fixed_window::advance(time_point now, double others) {
  if (now <= now_) return;
  const auto passed = (now - start_) / window_;
  if (passed > 0) {
    start_ += passed * window_;
    others *=
        static_cast<double>((now - start_).count()) / static_cast<double>((now - now_).count());
    used_ = std::max(0.0, used_ - most_ - static_cast<double>(passed - 1) * burst());
    most_ = burst();
  }
  give_to_others(others);
  now_ = now;
}

void fixed_window::give_to_others(double amount) {
  used_ += std::min(amount, std::max(0.0, remaining()));
}

void fixed_window::set_limit(double limit) {
  limit_ = limit;
  most_ = std::max(most_, burst());
}

duration fixed_window::wait_for(double amount) const {
  const double needed = std::min(amount, burst());
  if (needed - remaining() <= amount_tolerance) return {};
  const double owed = used_ - most_ + needed - burst();  // at the beginning of the next window
  const auto further = std::max(0.0, std::ceil((owed - amount_tolerance) / burst()));
  return until_full() + static_cast<std::int64_t>(further) * window_;
}

}  // namespace batchmill::simulator_detail
