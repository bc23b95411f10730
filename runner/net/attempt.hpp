// What is under way for one call of send(), and how it is brought to an end early.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

#include "batchmill/error.hpp"
#include "runner/net/connection.hpp"
#include "runner/net/deadline_list.hpp"
#include "runner/net/opening.hpp"

namespace batchmill {

class attempt : public deadline_entry {
 public:
  attempt(time_point now, time_point deadline) : deadline_entry(deadline), begun(now) {}

  /// Wakes the attempt's coroutine, which then finds `ended`.
  void end(net_errc why) {
    ended = why;
    if (link) link->interrupt();
    if (under_way) under_way->stop();
  }

  /// Instead of one deadline: it may go on as long as something moves within `stall`, or within
  /// `patience` while that is set.
  void bound_by_stalls(duration stall) { stall_ = patience = stall; }

  bool bound_by_stalls() const { return stall_ > duration::zero(); }

  /// Its deadline has come. Is it not to end yet?
  bool goes_on(time_point now) {
    if (was_not_looked_at(now) || is_not_read(now)) return true;
    if (!bound_by_stalls() || moved + patience <= now) return false;
    put_off(std::min(moved + patience, now + stall_));
    times_late_ = 0;
    return true;
  }

  time_point begun;
  time_point moved = begun;  // when a byte last went either way
  duration patience{};
  std::uint64_t bytes = 0;        // that went either way until then
  std::optional<net_errc> ended;  // timed_out or stopped
  std::unique_ptr<connection> link;
  opening* under_way = nullptr;  // while a connection is being opened

 private:
  /// Looked at so late, this process itself was stopped, or very busy. What came meanwhile still
  /// waits in the socket: time to read it, though not without end.
  bool was_not_looked_at(time_point now) {
    const duration late = now - std::max(when(), begun);
    if (late < std::chrono::seconds(1) || times_late_ == most_put_off) return false;
    ++times_late_;
    put_off(now + std::min<duration>(late, std::chrono::seconds(10)));
    return true;
  }

  /// The answer is here, or begins to be, and nobody has read it: once, there is time for that.
  bool is_not_read(time_point now) {
    if (read_late_ || !link || !link->has_input()) return false;
    read_late_ = true;
    put_off(now + std::chrono::seconds(1));
    return true;
  }

  bool read_late_ = false;
  unsigned times_late_ = 0;  // that it was put off for having been looked at late
  duration stall_{};
};

}  // namespace batchmill
