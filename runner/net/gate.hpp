// Lets a bounded number of coroutines through at a time, first come, first served.
#pragma once

#include <deque>

#include "runner/net/asio.hpp"
#include "runner/net/opening.hpp"

namespace batchmill {

/// Must outlive its passes.
class gate {
 public:
  gate(executor ex, unsigned places) : executor_(ex), free_(places) {}
  gate(const gate&) = delete;
  gate& operator=(const gate&) = delete;

  /// A place in the queue, and then within; it ends with the object.
  class pass {
   public:
    /// `phase`: what those who wait are said to be at.
    pass(gate& g, open_phase phase)
        : gate_(g), phase_(phase), turn_(g.executor_, time_point::max()) {
      g.enter(*this);
    }
    pass(const pass&) = delete;
    pass& operator=(const pass&) = delete;
    ~pass() { gate_.leave(*this); }

    awaitable<void> wait(opening& o) {
      net_error woken;
      if (within_) co_return;
      o.enter(phase_, [this] { turn_.cancel(); });
      while (!within_ && !o.stopped()) co_await turn_.async_wait(await_into(woken));
    }

   private:
    friend class gate;

    gate& gate_;
    open_phase phase_;
    net_timer turn_;
    bool within_ = false;
  };

 private:
  void enter(pass& p) {
    queue_.push_back(&p);
    admit();
  }

  void leave(pass& p) {
    if (p.within_)
      ++free_;
    else
      std::erase(queue_, &p);
    admit();
  }

  void admit() {
    for (; free_ > 0 && !queue_.empty(); --free_) {
      queue_.front()->within_ = true;
      queue_.front()->turn_.cancel();
      queue_.pop_front();
    }
  }

  executor executor_;
  unsigned free_;
  std::deque<pass*> queue_;
};

}  // namespace batchmill
