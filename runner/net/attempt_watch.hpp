// Ends attempts whose deadline has come: all by one timer, which runs only while there are any.
#pragma once

#include <memory>

#include "runner/net/asio.hpp"
#include "runner/net/attempt.hpp"
#include "runner/net/deadline_list.hpp"

namespace batchmill {

class attempt_watch {
 public:
  explicit attempt_watch(executor ex) : timer_(ex) {}
  attempt_watch(const attempt_watch&) = delete;
  attempt_watch& operator=(const attempt_watch&) = delete;

  /// Watches an attempt for as long as it lives.
  class guard {
   public:
    guard(attempt_watch& w, attempt& a) : watch_(w), attempt_(a) { w.add(a); }
    guard(const guard&) = delete;
    guard& operator=(const guard&) = delete;
    ~guard() { watch_.remove(attempt_); }

   private:
    attempt_watch& watch_;
    attempt& attempt_;
  };

  void end_all(net_errc why) {
    while (auto* entry = deadlines_.take_expired(time_point::max())) end(*entry, why);
    disarm();
  }

 private:
  void add(attempt& a) {
    deadlines_.add(a);
    arm();
  }

  void remove(attempt& a) {
    deadlines_.remove(a);
    if (deadlines_.empty()) disarm();
  }

  // Set for the earliest deadline known when it was armed. That attempt is usually gone when the
  // timer fires, which costs one look at the list in as long as an attempt may take.
  void arm() {
    const time_point earliest = deadlines_.first()->when();
    if (armed_for_ <= earliest) return;
    armed_for_ = earliest;
    timer_.expires_at(earliest);
    timer_.async_wait([this, alive = std::weak_ptr(alive_)](net_error error) {
      if (!error && !alive.expired()) sweep();
    });
  }

  void disarm() {
    if (armed_for_ == time_point::max()) return;
    armed_for_ = time_point::max();
    timer_.cancel();
  }

  void sweep() {
    armed_for_ = time_point::max();
    const time_point now = std::chrono::steady_clock::now();
    while (auto* entry = deadlines_.take_expired(now)) {
      if (static_cast<attempt&>(*entry).goes_on(now)) {
        deadlines_.add(*entry);
      } else {
        end(*entry, net_errc::timed_out);
      }
    }
    if (!deadlines_.empty()) arm();
  }

  static void end(deadline_entry& entry, net_errc why) { static_cast<attempt&>(entry).end(why); }

  deadline_list deadlines_;
  net_timer timer_;
  time_point armed_for_ = time_point::max();
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace batchmill
