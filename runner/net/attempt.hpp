// What is under way for one call of send(), and how it is brought to an end early.
#pragma once

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

  time_point begun;
  std::optional<net_errc> ended;  // timed_out or stopped
  std::unique_ptr<connection> link;
  opening* under_way = nullptr;  // while a connection is being opened
};

}  // namespace batchmill
