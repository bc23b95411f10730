#include "runner/simulator/limits/metered_limit.hpp"

#include <utility>

namespace batchmill::simulator_detail {

metered_limit::metered_limit(double limit, std::unique_ptr<allowance> kept,
                             const limit_course* course, time_point now)
    : original_(limit),
      stated_(limit),
      kept_(std::move(kept)),
      burst_(kept_->burst()),
      course_(course),
      now_(now) {
  if (!course_ || course_->factor(now) == 1) return;
  stated_ = original_ * course_->factor(now);
  kept_->set_limit(stated_);
}

void metered_limit::advance(time_point now) {
  if (!course_) return kept_->advance(now, 0);
  while (now_ < now) {
    const auto next = course_->next_step(now_, now);
    kept_->advance(next, original_ * course_->others(now_, next));
    now_ = next;
    const double limit = original_ * course_->factor(now_);
    if (limit == stated_) continue;
    stated_ = limit;
    kept_->set_limit(limit);
  }
}

double metered_limit::left(time_point from, time_point to) const {
  return course_ ? original_ * course_->left(from, to) : 0;
}

}  // namespace batchmill::simulator_detail
