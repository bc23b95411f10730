// A condition that coroutines of one thread wait for.
#pragma once

#include "runner/net/asio.hpp"

namespace batchmill {

/// Wakes may be spurious: wait in a loop on what is waited for.
class wake_up {
 public:
  explicit wake_up(executor ex) : never_(ex, time_point::max()) {}

  awaitable<void> wait() {
    net_error woken;
    co_await never_.async_wait(await_into(woken));
  }

  void all() { never_.cancel(); }

 private:
  net_timer never_;
};

}  // namespace batchmill
