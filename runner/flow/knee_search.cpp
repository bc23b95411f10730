#include "runner/flow/knee_search.hpp"

#include <algorithm>
#include <cmath>

namespace batchmill {
namespace {

using namespace std::chrono_literals;

constexpr double step = 1.25;         // limits nearer than this are not compared: noise
constexpr double worthwhile = 0.25;   // throughput must grow at least so much of what the limit did
constexpr std::uint64_t fewest = 16;  // answers that make a mean
constexpr duration first_hold = 10s;
constexpr duration longest_hold = 160s;

}  // namespace

knee_search::advice knee_search::answered(duration latency, double limit, bool binding,
                                          time_point now) {
  advice result;
  result.hold = now < held_until_;
  if (!binding) return result;
  if (count_ == 0) begun_at_ = limit;
  sum_ += std::chrono::duration<double>(latency).count();
  if (++count_ < std::max<std::uint64_t>(fewest, static_cast<std::uint64_t>(begun_at_))) {
    return result;
  }
  level present;
  present.limit = (begun_at_ + limit) / 2;
  present.latency = sum_ / static_cast<double>(count_);
  sum_ = 0;
  count_ = 0;
  return judge(present, now);
}

/// Elasticity: 1 where throughput grows as the limit does, 0 where it stays.
knee_search::advice knee_search::judge(const level& present, time_point now) {
  advice result;
  result.hold = now < held_until_;
  if (!reference_ || result.hold) {
    reference_ = present;
    return result;
  }
  if (present.limit < step * reference_->limit) return result;
  const double slower = std::log(present.latency / reference_->latency);
  const double elasticity = 1 - slower / std::log(present.limit / reference_->limit);
  if (elasticity >= worthwhile) {
    reference_ = present;
    hold_ = duration::zero();
    return result;
  }
  hold_ = std::clamp(2 * hold_, first_hold, longest_hold);
  held_until_ = now + hold_;
  result.hold = true;
  result.limit = reference_->limit;
  return result;
}

}  // namespace batchmill
