// Structured concurrency: every coroutine of a run belongs to a group that waits for it.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>

#include "batchmill/awaitable.hpp"
#include "runner/engine/parking.hpp"

namespace batchmill {

class task_group {
 public:
  /// `on_failure` is called once, when the first task throws: the place to cancel the others.
  task_group(executor ex, std::function<void()> on_failure);

  /// Begins `task` soon, not within this call.
  void spawn(awaitable<void> task);

  /// Waits for all tasks, also those spawned meanwhile; rethrows the first failure.
  awaitable<void> join();

  /// Lets everybody else have a turn.
  awaitable<void> yield();

  std::size_t running() const { return running_; }

 private:
  void ended(std::exception_ptr failure);

  executor executor_;
  std::function<void()> on_failure_;
  std::size_t running_ = 0;
  std::exception_ptr failure_;
  parking_spot all_ended_;
};

}  // namespace batchmill
