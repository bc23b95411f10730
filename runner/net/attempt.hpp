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
    if (!bound_by_stalls() || moved + patience <= now) return false;
    put_off(std::min(moved + patience, now + stall_));
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
  duration stall_{};
};

}  // namespace batchmill
