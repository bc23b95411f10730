#include "runner/flow/paced_bucket.hpp"

#include <algorithm>

namespace batchmill {
namespace {

// Late timers must not cost rate: so much unused time may be caught up with.
constexpr auto slack = std::chrono::milliseconds(50);

}  // namespace

void paced_bucket::take(double units, time_point now) {
  earned_at_ = std::max(earned_at_, now - slack) + time_for(units);
}

void paced_bucket::correct(double units) {
  earned_at_ += time_for(units);
}

duration paced_bucket::time_for(double units) const {
  if (!limited()) return duration::zero();
  return std::chrono::duration_cast<duration>(
      std::chrono::duration<double, std::ratio<60>>(units / per_minute_));
}

}  // namespace batchmill
