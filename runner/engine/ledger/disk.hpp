// The thread that waits for the disk, so that the engine's never does.
#pragma once

#include <exception>
#include <functional>
#include <memory>

#include "batchmill/awaitable.hpp"

namespace batchmill {

/// Carries out one piece of blocking work at a time.
class disk {
 public:
  using work = std::function<void()>;
  using done = std::function<void(std::exception_ptr)>;

  virtual ~disk() = default;

  /// Does `job` elsewhere, then calls `finished` on the engine's thread with what `job` threw.
  virtual void run(work job, done finished) = 0;
};

/// One thread, begun with the first job and joined by the destructor.
std::unique_ptr<disk> make_disk_thread(executor ex);

/// Does the work within the call; only `finished` is called later. For tests in virtual time.
std::unique_ptr<disk> make_inline_disk(executor ex);

}  // namespace batchmill
