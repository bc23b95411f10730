#include "runner/flow/concurrency_limiter.hpp"

#include <algorithm>

namespace batchmill {
namespace {

using namespace std::chrono_literals;

constexpr double first_limit = 4;
constexpr double largest_limit = 1000;
constexpr double smallest_limit = 1;
constexpr double smoothing = 1.0 / 200;
constexpr double tolerated_share = 0.1;
constexpr double suspicious_share = 0.05;  // stray 5xx of a healthy service stay below
constexpr double overload_depth = 0.3;
constexpr double refusal_depth = 0.03;
constexpr duration plateau = 8s;
constexpr duration rest_after_failure = 1s;

}  // namespace

concurrency_limiter::concurrency_limiter(std::optional<unsigned> bound)
    : largest_(bound ? *bound : largest_limit),
      slow_start_(!bound),
      limit_(bound ? *bound : first_limit) {}

void concurrency_limiter::succeeded(duration latency, bool search, time_point now) {
  overload_share_ -= smoothing * overload_share_;
  failed_share_ -= smoothing * failed_share_;
  const bool binding = in_flight_ + 1 >= limit();
  if (search && (!curve_.is_cut() || limit_ >= curve_.ceiling())) {
    const knee_search::advice a = knee_.answered(latency, limit_, binding, now);
    if (a.limit) {
      limit_ = std::max(smallest_limit, *a.limit);
      slow_start_ = false;
    }
    if (a.hold) return;
  }
  if (binding) grow(now);
}

void concurrency_limiter::leave_it_to_the_rate() {
  if (slow_start_) limit_ = largest_;
  slow_start_ = false;
}

void concurrency_limiter::failed(time_point now) {
  failed_share_ += smoothing * (1 - failed_share_);
  if (failed_share_ >= suspicious_share) grows_from_ = now + rest_after_failure;
}

void concurrency_limiter::overloaded(time_point sent_at, time_point now) {
  failed(now);
  overload_share_ += smoothing * (1 - overload_share_);
  if (overload_share_ < suspicious_share) return;
  if (last_cut_ && sent_at <= *last_cut_) return;
  if (overload_share_ < tolerated_share) {
    refused(now);
  } else {
    go_on_below(limit_, overload_depth, now);
  }
}

void concurrency_limiter::refused(time_point now) {
  const double others = std::max(smallest_limit, in_flight_ - 1.0);
  if (others <= limit_) go_on_below(others, refusal_depth, now);
}

void concurrency_limiter::go_on_below(double ceiling, double depth, time_point now) {
  slow_start_ = false;
  last_cut_ = now;
  curve_.cut(ceiling, depth, plateau, now);
  limit_ = std::max(smallest_limit, ceiling * (1 - depth));
}

void concurrency_limiter::grow(time_point now) {
  if (now < grows_from_) return;
  const double wanted = slow_start_ ? limit_ + 1 : curve_.at(now, limit_ + 1 / limit_);
  limit_ = std::clamp(wanted, limit_, largest_);
}

}  // namespace batchmill
