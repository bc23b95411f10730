// The gate before the network: who may send next, and when. Oldest row first.
#pragma once

#include <cstdint>
#include <map>

#include "batchmill/clock.hpp"
#include "batchmill/observer.hpp"
#include "runner/engine/parking.hpp"
#include "runner/engine/task_group.hpp"
#include "runner/flow/concurrency_limiter.hpp"
#include "runner/flow/rate_limiter.hpp"

namespace batchmill {

class admission {
 public:
  /// All four must outlive the gate.
  admission(executor ex, clock& time, task_group& tasks, rate_limiter& rate,
            concurrency_limiter& concurrency);

  /// Returns true with a slot taken and the rate paid; false when the gate was closed.
  awaitable<bool> enter(std::uint64_t row, double tokens);

  /// Gives the slot back. Call it after `rate` and `concurrency` have learned from the attempt.
  void leave();

  /// Nobody enters any more; those who wait are turned away.
  void close();

  /// Why rows wait here; none when no row does.
  bottleneck held_by() const;

  /// Time during which a rate limit or a pause held back a row that had a slot.
  duration waited_for_limits(time_point now) const;

 private:
  struct waiter {
    waiter(executor ex, double t) : spot(ex), tokens(t) {}

    parking_spot spot;
    double tokens;
    bool admitted = false;
  };

  void admit(double tokens, time_point now);
  void pump();
  void set_alarm(time_point t);
  awaitable<void> alarm(time_point t);
  void note_hold(time_point now, rate_hold why);

  executor executor_;
  clock& clock_;
  task_group& tasks_;
  rate_limiter& rate_;
  concurrency_limiter& concurrency_;

  std::map<std::uint64_t, waiter*> waiting_;  // by row: the oldest goes first
  bool closed_ = false;
  time_point alarm_at_ = time_point::max();
  rate_hold hold_ = rate_hold::none;
  time_point hold_since_{};
  duration held_{};
};

}  // namespace batchmill
