#include "runner/simulator/limits/other_tenants.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>

#include "runner/simulator/dice.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr double sine_part = 0.7;
constexpr int steps_per_period = 4;
constexpr double turn = 2 * std::numbers::pi;

}  // namespace

other_tenants::other_tenants(const simulated_tenants& tenants, std::uint64_t seed)
    : most_(tenants.most),
      middle_((tenants.least + tenants.most) / 2),
      swing_((tenants.most - tenants.least) / 2 * sine_part),
      rise_((tenants.most - tenants.least) / 2 * (1 - sine_part)),
      period_(std::chrono::duration<double>(tenants.period).count()),
      phase_(dice(hash_pair(seed, 1)).uniform() * turn),
      seed_(hash_pair(seed, 2)) {}

double other_tenants::share(double time) const {
  return middle_ + swing_ * std::sin(turn * time / period_ + phase_) + rise_ * step(time);
}

double other_tenants::step(double time) const {
  const auto number = static_cast<std::int64_t>(std::floor(time / period_ * steps_per_period));
  return 2 * dice(hash_pair(seed_, static_cast<std::uint64_t>(number))).uniform() - 1;
}

double other_tenants::total(double begin, double end) const {
  if (none() || end <= begin) return 0;
  const auto falling = [this](double time) { return std::cos(turn * time / period_ + phase_); };
  double sum = middle_ * (end - begin) + swing_ * period_ / turn * (falling(begin) - falling(end));
  const double length = period_ / steps_per_period;
  for (auto number = std::floor(begin / length); number * length < end; ++number) {
    const double from = std::max(begin, number * length), to = std::min(end, (number + 1) * length);
    sum += rise_ * step((number + 0.5) * length) * std::max(0.0, to - from);
  }
  return sum;
}

}  // namespace batchmill::simulator_detail
