#include "runner/flow/paced_bucket.hpp"

#include <algorithm>

namespace batchmill {

void paced_bucket::take(double units, time_point now) {
  earned_at_ = std::max({earned_at_, begin_, now - slack}) + time_for(units);
}

void paced_bucket::set_rate(double per_minute, time_point now) {
  if (earned_at_ > now && limited()) {
    const double slower = per_minute_ / per_minute;
    earned_at_ = now + std::chrono::duration_cast<duration>((earned_at_ - now) * slower);
  }
  per_minute_ = per_minute;
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
