// How far the opening of a connection has come, and how to stop it from outside.
#pragma once

#include <functional>
#include <utility>

namespace batchmill {

/// Which part of opening a connection is under way; names it when time runs out.
enum class open_phase {
  resolving,   // looking up the host's addresses
  connecting,  // no address has answered yet
  tunnelling,  // the proxy has not opened the way yet
  securing,    // TLS handshake, or waiting for a turn to make it
};

/// Asio 1.26's own cancellation cannot be used here: with co_spawn it touches a signal that may be
/// gone by then (co_spawn_cancellation_handler posts a pointer to its member).
class opening {
 public:
  opening() = default;
  opening(const opening&) = delete;
  opening& operator=(const opening&) = delete;

  /// `wake` ends the wait that comes next, and has to stay valid until the next call or the end.
  void enter(open_phase p, std::function<void()> wake) {
    phase_ = p;
    wake_ = std::move(wake);
  }

  void stop() {
    stopped_ = true;
    if (wake_) wake_();
  }

  /// Checked after every wait.
  bool stopped() const { return stopped_; }

  open_phase phase() const { return phase_; }

 private:
  open_phase phase_ = open_phase::resolving;
  bool stopped_ = false;
  std::function<void()> wake_;
};

}  // namespace batchmill
