// A clock that stands still until the test lets it jump to the next sleeper.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <map>
#include <stdexcept>

#include "batchmill/clock.hpp"
#include "runner/engine/parking.hpp"

namespace batchmill::testing {

class fake_clock final : public clock {
 public:
  explicit fake_clock(executor ex) : executor_(ex) {}

  time_point now() const override { return now_; }
  wall_time wall_now() const override {
    return wall_time(std::chrono::duration_cast<wall_time::duration>(now_.time_since_epoch()));
  }

  awaitable<void> sleep_until(time_point t) override {
    if (cancelled_ || t <= now_) co_return;
    parking_spot spot(executor_);
    sleepers_.emplace(t, &spot);
    co_await spot.wait();
  }

  void cancel() override {
    cancelled_ = true;
    for (auto& [t, spot] : sleepers_) spot->wake();
    sleepers_.clear();
  }

  /// After `cancel`, for another run on the same clock.
  void revive() { cancelled_ = false; }

  /// Jumps to the next time somebody sleeps for, and wakes all who sleep until then.
  bool advance() {
    if (sleepers_.empty()) return false;
    now_ = sleepers_.begin()->first;
    const auto end = sleepers_.upper_bound(now_);
    for (auto it = sleepers_.begin(); it != end; ++it) it->second->wake();
    sleepers_.erase(sleepers_.begin(), end);
    return true;
  }

  bool has_sleepers() const { return !sleepers_.empty(); }

 private:
  executor executor_;
  time_point now_{std::chrono::hours(1000)};
  bool cancelled_ = false;
  std::multimap<time_point, parking_spot*> sleepers_;
};

/// Runs `task` to its end, letting time jump whenever nothing else can happen. Insists that no work
/// is left then.
inline void run_in_fake_time(boost::asio::io_context& io, fake_clock& clock, awaitable<void> task,
                             duration limit = std::chrono::hours(48)) {
  bool done = false;
  std::exception_ptr failure;
  boost::asio::co_spawn(io.get_executor(), std::move(task), [&](std::exception_ptr e) {
    done = true;
    failure = e;
  });
  const time_point last = clock.now() + limit;
  for (;;) {
    io.restart();
    io.poll();
    if (done) break;
    if (!clock.advance()) throw std::runtime_error("stuck: nobody sleeps and nothing is done");
    if (clock.now() > last) throw std::runtime_error("did not finish in its virtual time");
  }
  if (failure) std::rethrow_exception(failure);
  io.poll();
  if (clock.has_sleepers()) throw std::runtime_error("somebody still sleeps");
  if (!io.stopped()) throw std::runtime_error("work was left in the context");
}

}  // namespace batchmill::testing
