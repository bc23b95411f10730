#include "runner/engine/admission.hpp"

#include <algorithm>

namespace batchmill {
namespace {

// At high rates several rows are admitted per alarm: a timer for each would cost more than it
// brings.
constexpr auto shortest_alarm = std::chrono::milliseconds(2);

bottleneck shown_as(rate_hold why) {
  switch (why) {
    case rate_hold::requests:
      return bottleneck::requests;
    case rate_hold::tokens:
      return bottleneck::tokens;
    case rate_hold::pause:
      return bottleneck::pause;
    case rate_hold::none:
      break;
  }
  return bottleneck::concurrency;
}

}  // namespace

admission::admission(executor ex, clock& time, task_group& tasks, rate_limiter& rate,
                     concurrency_limiter& concurrency)
    : executor_(ex), clock_(time), tasks_(tasks), rate_(rate), concurrency_(concurrency) {}

awaitable<bool> admission::enter(std::uint64_t row, double tokens) {
  if (closed_) co_return false;
  const time_point now = clock_.now();
  if (waiting_.empty() && concurrency_.has_room() && rate_.next(now).at <= now) {
    admit(tokens, now);
    co_return true;
  }
  waiter self(executor_, tokens);
  waiting_.emplace(row, &self);
  pump();
  co_await self.spot.wait();
  co_return self.admitted;
}

void admission::leave() {
  concurrency_.release();
  pump();
}

void admission::close() {
  closed_ = true;
  for (const auto& [row, waiter] : waiting_) waiter->spot.wake();
  waiting_.clear();
}

bottleneck admission::held_by() const {
  return waiting_.empty() ? bottleneck::none : shown_as(hold_);
}

duration admission::waited_for_limits(time_point now) const {
  return hold_ == rate_hold::none ? held_ : held_ + (now - hold_since_);
}

void admission::admit(double tokens, time_point now) {
  concurrency_.acquire();
  rate_.take(tokens, now);
}

/// Lets the oldest rows in while there are slots and rate; sets an alarm for the next when only the
/// rate is missing (a slot that comes free pumps by itself).
void admission::pump() {
  const time_point now = clock_.now();
  rate_hold why = rate_hold::none;
  while (!waiting_.empty() && concurrency_.has_room()) {
    const rate_limiter::verdict next = rate_.next(now);
    if (next.at > now) {
      why = next.why;
      set_alarm(std::max(next.at, now + shortest_alarm));
      break;
    }
    const auto oldest = waiting_.begin();
    waiter& w = *oldest->second;
    admit(w.tokens, now);
    w.admitted = true;
    w.spot.wake();
    waiting_.erase(oldest);
  }
  note_hold(now, why);
}

void admission::set_alarm(time_point t) {
  if (t >= alarm_at_) return;
  alarm_at_ = t;
  tasks_.spawn(alarm(t));
}

awaitable<void> admission::alarm(time_point t) {
  co_await clock_.sleep_until(t);
  if (alarm_at_ == t) alarm_at_ = time_point::max();
  pump();
}

void admission::note_hold(time_point now, rate_hold why) {
  if (hold_ != rate_hold::none) held_ += now - hold_since_;
  hold_ = why;
  hold_since_ = now;
}

}  // namespace batchmill
