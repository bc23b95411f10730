// Connects to the first of several addresses that answers (RFC 8305). For https_transport.cpp.
#pragma once

#include <fmt/format.h>

#include <boost/asio/error.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "batchmill/duration.hpp"
#include "runner/net/opening.hpp"
#include "runner/net/wake_up.hpp"

namespace batchmill {

/// One race. The next address starts when the one before failed or has been silent for 250 ms.
class happy_eyeballs : public std::enable_shared_from_this<happy_eyeballs> {
 public:
  happy_eyeballs(executor ex, std::vector<tcp::endpoint> addresses, duration connect_timeout)
      : executor_(ex),
        addresses_(std::move(addresses)),
        connect_timeout_(connect_timeout),
        stagger_(ex),
        over_(ex) {}

  /// Ends with a winner or when every address failed. The object is a shared_ptr's.
  awaitable<void> run(opening& o) {
    const auto self = shared_from_this();
    const stopper stop_at_the_end{*self};
    start_next();
    o.enter(open_phase::connecting, [this] { over_.all(); });
    while (!winner_ && active_ > 0 && !o.stopped()) co_await over_.wait();
  }

  std::optional<tcp_socket> winner() { return std::move(winner_); }

  /// "connect to 127.0.0.1:80: Connection refused", one clause for each address.
  std::string failure() const { return failure_; }

 private:
  struct dial {
    dial(executor ex, const tcp::endpoint& a) : address(a), socket(ex), timeout(ex) {}

    tcp::endpoint address;
    tcp_socket socket;
    net_timer timeout;
    unsigned put_off = 0;
    bool timed_out = false;
  };

  /// However the race ends, all other sockets are closed.
  struct stopper {
    happy_eyeballs& race;
    ~stopper() { race.stop(); }
  };

  void start_next() {
    stagger_.cancel();
    if (stopped_ || next_ == addresses_.size()) return;
    dial& d = dials_.emplace_back(executor_, addresses_[next_++]);
    ++active_;
    const auto self = shared_from_this();
    d.socket.async_connect(d.address, [self, &d](net_error error) { self->finish(d, error); });
    d.timeout.expires_after(connect_timeout_);
    watch(d);
    stagger();
  }

  void watch(dial& d) {
    d.timeout.async_wait([self = shared_from_this(), &d](net_error error) {
      if (!error) self->give_up(d);
    });
  }

  void stagger() {
    if (next_ == addresses_.size()) return;
    stagger_.expires_after(std::chrono::milliseconds(250));
    stagger_.async_wait([self = shared_from_this()](net_error error) {
      if (!error) self->start_next();
    });
  }

  void give_up(dial& d) {
    if (!d.socket.is_open()) return;
    if (put_off_if_late(d.timeout, d.put_off)) return watch(d);
    d.timed_out = true;
    close(d);
  }

  void finish(dial& d, net_error error) {
    --active_;
    d.timeout.cancel();
    if (stopped_) return;
    if (!error && !d.timed_out) {
      winner_ = std::move(d.socket);
      return stop();
    }
    note(d, error);
    close(d);
    start_next();
    over_.all();
  }

  void note(const dial& d, net_error error) {
    const std::string why =
        d.timed_out ? "timed out after " + format_duration(connect_timeout_) : error.message();
    std::ostringstream address;
    address << d.address;
    failure_ +=
        fmt::format("{}connect to {}: {}", failure_.empty() ? "" : "; ", address.str(), why);
  }

  void stop() {
    stopped_ = true;
    stagger_.cancel();
    for (dial& d : dials_) {
      d.timeout.cancel();
      close(d);
    }
    over_.all();
  }

  static void close(dial& d) {
    net_error ignored;
    d.socket.close(ignored);
  }

  executor executor_;
  std::vector<tcp::endpoint> addresses_;
  duration connect_timeout_;
  std::size_t next_ = 0;
  std::deque<dial> dials_;  // handlers point into it
  int active_ = 0;
  bool stopped_ = false;
  net_timer stagger_;
  wake_up over_;
  std::optional<tcp_socket> winner_;
  std::string failure_;
};

}  // namespace batchmill
