#include "runner/flow/concurrency_limiter.hpp"

#include <algorithm>

namespace batchmill {
namespace {

constexpr double first_limit = 16;
constexpr double largest_limit = 1000;
constexpr double smallest_limit = 1;
constexpr double cut_factor = 0.7;
constexpr double smoothing = 1.0 / 50;
constexpr double tolerated_share = 0.1;  // stray 503s of a healthy service stay below

}  // namespace

concurrency_limiter::concurrency_limiter(std::optional<unsigned> fixed)
    : fixed_(fixed.has_value()), limit_(fixed ? *fixed : first_limit) {}

void concurrency_limiter::answered(bool overloaded, time_point sent_at, time_point now) {
  overload_share_ += smoothing * ((overloaded ? 1.0 : 0.0) - overload_share_);
  if (fixed_) return;
  if (!overloaded) {
    grow();
  } else if (overload_share_ > tolerated_share && !(last_cut_ && sent_at < *last_cut_)) {
    cut(now);
  }
}

void concurrency_limiter::grow() {
  if (in_flight_ + 1 < limit()) return;
  limit_ = std::min(largest_limit, limit_ + (slow_start_ ? 1.0 : 1.0 / limit_));
}

void concurrency_limiter::cut(time_point now) {
  slow_start_ = false;
  last_cut_ = now;
  limit_ = std::max(smallest_limit, limit_ * cut_factor);
}

}  // namespace batchmill
