#include "runner/engine/admission.hpp"

#include <algorithm>
#include <utility>

#include "runner/engine/parking.hpp"

namespace batchmill {
namespace {

// At high rates several rows are admitted per alarm: a timer for each would cost more than it
// brings.
constexpr auto shortest_alarm = std::chrono::milliseconds(2);
constexpr auto longest_alarm = std::chrono::seconds(1);

constexpr unsigned most_without_bound = 1000;

bottleneck shown_as(rate_hold why) {
  switch (why) {
    case rate_hold::requests:
      return bottleneck::requests;
    case rate_hold::tokens:
      return bottleneck::tokens;
    case rate_hold::day:
      return bottleneck::day;
    case rate_hold::pause:
      return bottleneck::pause;
    case rate_hold::none:
      break;
  }
  return bottleneck::concurrency;
}

/// A coroutine that waits.
class coroutine_waiter final : public gate_waiter {
 public:
  coroutine_waiter(executor ex, const token_estimate& e, departure& where)
      : gate_waiter(e), spot(ex), sent_(where) {}

  void let_in(const departure& sent) override {
    sent_ = sent;
    admitted = true;
    spot.wake();
  }
  void turn_away() override { spot.wake(); }

  parking_spot spot;
  bool admitted = false;

 private:
  departure& sent_;
};

limit_summary summary_of(const lane& l, const limit_use& use) {
  limit_summary s;
  s.model = l.name;
  s.what = use.tokens ? bottleneck::tokens : bottleneck::requests;
  s.per_minute = use.per_minute;
  s.used = std::min(1.0, use.used / use.allowed);  // late timers are caught up with
  return s;
}

}  // namespace

admission::admission(executor ex, clock& time, task_group& tasks, const limits_spec& limits,
                     duration longest_pause)
    : executor_(ex),
      clock_(time),
      tasks_(tasks),
      limits_(limits),
      longest_pause_(longest_pause),
      most_in_flight_(limits.concurrency.value_or(most_without_bound)),
      tokens_matter_(limits.tokens_per_minute.has_value()) {}

lane& admission::lane_of(std::string_view model, std::string_view endpoint) {
  if (last_ && last_->name == model && last_endpoint_ == endpoint) return *last_;
  last_endpoint_ = endpoint;
  key_.assign(endpoint.substr(0, endpoint.find('?'))).append(1, ' ').append(model);
  const auto found = lanes_.find(key_);
  if (found != lanes_.end()) return *(last_ = found->second.get());
  auto made = std::make_unique<lane>(std::string(model), limits_, longest_pause_);
  last_ = lanes_.emplace(key_, std::move(made)).first->second.get();
  return *last_;
}

bool admission::enter_at_once(lane& l, const token_estimate& estimate, departure& sent) {
  if (closed_ || !l.waiting.empty()) return false;
  const time_point now = clock_.now();
  if (!may_go(l, now)) return false;
  take_place();
  sent = l.traffic.depart(estimate, let_in_by::room, now);
  return true;
}

awaitable<bool> admission::enter(lane& l, std::uint64_t row, token_estimate estimate,
                                 departure& sent) {
  if (enter_at_once(l, estimate, sent)) co_return true;
  coroutine_waiter self(executor_, estimate, sent);
  wait(l, row, self);
  if (!self.spot.was_woken()) co_await self.spot.suspend();
  co_return self.admitted;
}

// Behind others nothing changes for anybody.
void admission::wait(lane& l, std::uint64_t row, gate_waiter& w) {
  if (closed_) return w.turn_away();
  const bool is_first = l.waiting.empty() || row < l.waiting.begin()->first;
  l.waiting.emplace(row, &w);
  if (is_first) pump();
}

void admission::leave(lane& l, const departure& sent, const traffic_report& report) {
  const time_point now = clock_.now();
  l.traffic.arrive(sent, report, now);
  tokens_matter_ = tokens_matter_ || l.traffic.rate().tokens_are_scarce(now);
  --in_flight_;
  pump();
}

void admission::hold(unsigned places) {
  places_ = places;
  pump();
}

void admission::release() {
  places_.reset();
  pump();
}

void admission::take_place() {
  ++in_flight_;
  if (places_) --*places_;
}

void admission::close() {
  closed_ = true;
  for (const auto& [key, l] : lanes_) {
    for (const auto& [row, waiter] : std::exchange(l->waiting, {})) waiter->turn_away();
  }
}

bool admission::starving() const {
  if (lanes_.size() < 2) return false;
  return std::any_of(lanes_.begin(), lanes_.end(),
                     [](const auto& entry) { return entry.second->waiting.empty(); });
}

const lane* admission::lane_of_oldest() const {
  const lane* oldest = nullptr;
  for (const auto& [key, l] : lanes_) {
    if (l->waiting.empty()) continue;
    if (oldest == nullptr || l->waiting.begin()->first < oldest->waiting.begin()->first) {
      oldest = l.get();
    }
  }
  return oldest;
}

bottleneck admission::held_by() const {
  const lane* held = lane_of_oldest();
  if (held == nullptr) return bottleneck::none;
  return places_ ? bottleneck::outage : shown_as(held->held);
}

void admission::describe_hold(run_status& status) const {
  const lane* held = lane_of_oldest();
  if (held == nullptr || held->held == rate_hold::none) return;
  if (lanes_.size() > 1) status.held_model = held->name;
  const rate_limiter& rate = held->traffic.rate();
  const time_point now = clock_.now();
  if (held->held == rate_hold::requests) {
    status.held_limit_per_minute = rate.requests_per_minute(now);
  } else if (held->held == rate_hold::tokens) {
    status.held_limit_per_minute = rate.tokens_per_minute(now);
  }
}

duration admission::waited_for_limits(time_point now) const {
  return holding_ == 0 ? held_ : held_ + (now - hold_since_);
}

std::vector<limit_summary> admission::limits() const {
  std::vector<limit_summary> all;
  for (const auto& [key, l] : lanes_) {
    for (const limit_use& use : l->traffic.rate().use()) all.push_back(summary_of(*l, use));
  }
  return all;
}

/// Looks whether the lane's next row may go; where only the rate is missing, an alarm is set (a
/// slot that comes free pumps by itself).
bool admission::may_go(lane& l, time_point now) {
  l.held = rate_hold::none;
  const bool held_back = places_ && *places_ == 0;
  if (held_back || in_flight_ >= most_in_flight_ || !l.traffic.has_room()) {
    l.waits_for = let_in_by::concurrency;
    return false;
  }
  const rate_limiter::verdict next = l.traffic.next(now);
  if (next.at <= now) return true;
  l.held = next.why;
  l.waits_for = let_in_by::rate;
  set_alarm(std::clamp(next.at, now + shortest_alarm, now + longest_alarm));
  return false;
}

/// The lane with the oldest row that may go.
lane* admission::next_lane(time_point now) {
  lane* best = nullptr;
  for (const auto& [key, l] : lanes_) {
    if (l->waiting.empty()) {
      l->held = rate_hold::none;
      continue;
    }
    const bool older = best == nullptr || l->waiting.begin()->first < best->waiting.begin()->first;
    if (older && may_go(*l, now)) best = l.get();
  }
  return best;
}

void admission::pump() {
  if (closed_) return;
  const time_point now = clock_.now();
  while (lane* next = next_lane(now)) admit_oldest(*next, now);
  note_holds(now);
}

void admission::admit_oldest(lane& l, time_point now) {
  const auto oldest = l.waiting.begin();
  gate_waiter& w = *oldest->second;
  l.waiting.erase(oldest);
  take_place();
  w.let_in(l.traffic.depart(w.estimate, l.waits_for, now));
}

/// One alarm counts, the earliest; what differs by less than it can be late by is the same time.
void admission::set_alarm(time_point t) {
  if (t + shortest_alarm / 2 >= alarm_at_) return;
  alarm_at_ = t;
  tasks_.spawn(alarm(t));
}

awaitable<void> admission::alarm(time_point t) {
  co_await clock_.sleep_until(t);
  if (alarm_at_ != t) co_return;
  alarm_at_ = time_point::max();
  pump();
}

void admission::note_holds(time_point now) {
  unsigned holding = 0;
  for (const auto& [key, l] : lanes_) holding += l->held == rate_hold::none ? 0 : 1;
  if (holding_ > 0) held_ += now - hold_since_;
  holding_ = holding;
  hold_since_ = now;
}

}  // namespace batchmill
