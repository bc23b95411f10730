// SIGINT and SIGTERM: the first lets the run come to a good end, the second ends it at once.
#pragma once

#include <memory>

#include "batchmill/awaitable.hpp"
#include "batchmill/observer.hpp"
#include "runner/engine/stoppable.hpp"

namespace batchmill {

/// Watches from construction to destruction. Both arguments must outlive it.
class signal_watch {
 public:
  signal_watch(boost::asio::io_context& io, stoppable& engine, run_observer& observer);
  ~signal_watch();
  signal_watch(const signal_watch&) = delete;
  signal_watch& operator=(const signal_watch&) = delete;

  void stop();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace batchmill
