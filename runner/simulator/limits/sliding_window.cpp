#include "runner/simulator/limits/sliding_window.hpp"

#include <algorithm>
#include <chrono>

namespace batchmill::simulator_detail {

namespace {

using minutes = std::chrono::duration<double, std::ratio<60>>;

}  // namespace

sliding_window::sliding_window(double limit, duration window, time_point now)
    : limit_(limit), window_(window), share_(minutes(window).count()), now_(now) {}

void sliding_window::advance(time_point now, double others) {
  if (now <= now_) return;
  now_ = now;
  while (!taken_.empty() && taken_.front().back <= now_) {
    used_ -= taken_.front().amount;
    taken_.pop_front();
  }
  if (taken_.empty()) used_ = 0;  // and with it what rounding left
  add(std::min(others, std::max(0.0, remaining())));
}

void sliding_window::take(double amount) {
  if (amount < 0)
    give_back(-amount);
  else
    add(amount);
}

void sliding_window::add(double amount) {
  if (amount <= 0) return;
  used_ += amount;
  const auto back = std::chrono::ceil<std::chrono::milliseconds>(now_ + window_);
  if (taken_.empty() || taken_.back().back != back) taken_.push_back({back, 0});
  taken_.back().amount += amount;
}

void sliding_window::give_back(double amount) {
  amount = std::min(amount, used_);
  used_ -= amount;
  while (amount > 0 && !taken_.empty()) {
    const double part = std::min(amount, taken_.back().amount);
    taken_.back().amount -= part;
    amount -= part;
    if (taken_.back().amount <= 0) taken_.pop_back();
  }
}

duration sliding_window::wait_for(double amount) const {
  double missing = std::min(amount, burst()) - remaining();
  if (missing <= amount_tolerance) return {};
  for (const auto& [back, part] : taken_) {
    missing -= part;
    if (missing <= amount_tolerance) return back - now_;
  }
  return until_full();
}

duration sliding_window::until_full() const {
  return taken_.empty() ? duration() : taken_.back().back - now_;
}

}  // namespace batchmill::simulator_detail
