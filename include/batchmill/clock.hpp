// Time, as an interface, so that tests can let hours pass in a millisecond.
#pragma once

#include <chrono>

#include "batchmill/awaitable.hpp"

namespace batchmill {

using duration = std::chrono::steady_clock::duration;
using time_point = std::chrono::steady_clock::time_point;
using wall_time = std::chrono::system_clock::time_point;

class clock {
 public:
  virtual ~clock() = default;

  virtual time_point now() const = 0;

  /// Calendar time; only for `Retry-After` dates and for what is shown to a person.
  virtual wall_time wall_now() const = 0;

  /// Returns at `t`, or earlier once `cancel` was called.
  virtual awaitable<void> sleep_until(time_point t) = 0;

  /// Every sleeper wakes at once, and later sleeps return immediately.
  virtual void cancel() = 0;
};

}  // namespace batchmill
