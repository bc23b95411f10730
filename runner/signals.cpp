#include "runner/signals.hpp"

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <memory>

namespace batchmill {

struct signal_watch::state {
  state(boost::asio::io_context& io, stoppable& e, run_observer& o)
      : signals(io, SIGINT, SIGTERM), engine(e), observer(o) {}

  void wait() {
    signals.async_wait([this](const boost::system::error_code& failure, int number) {
      if (failure) return;
      received(number);
      wait();
    });
  }

  void received(int number) {
    if (asked_before) {
      engine.abort();
      return;
    }
    asked_before = true;
    observer.notice(severity::warning, "stopping: " + std::string(engine.after_drain()));
    engine.drain(number == SIGINT ? "Ctrl-C" : "SIGTERM");
  }

  boost::asio::signal_set signals;
  stoppable& engine;
  run_observer& observer;
  bool asked_before = false;
};

signal_watch::signal_watch(boost::asio::io_context& io, stoppable& engine, run_observer& observer)
    : state_(std::make_unique<state>(io, engine, observer)) {
  state_->wait();
}

signal_watch::~signal_watch() = default;

void signal_watch::stop() {
  state_->signals.cancel();
}

}  // namespace batchmill
