// The addresses of one host, asked for once and remembered for a while. For https_transport.cpp.
#pragma once

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "batchmill/duration.hpp"
#include "runner/net/address_order.hpp"
#include "runner/net/opening.hpp"
#include "runner/net/resolver.hpp"
#include "runner/net/url.hpp"
#include "runner/net/wake_up.hpp"

namespace batchmill {

class name_lookup {
 public:
  struct terms {
    duration lifetime;  // of addresses
    duration patience;  // with the name server
  };

  name_lookup(executor ex, std::unique_ptr<resolver> source, std::string host, std::uint16_t port,
              terms t)
      : executor_(ex),
        source_(std::move(source)),
        state_(std::make_shared<state>(ex)),
        host_(std::move(host)),
        port_(port),
        terms_(t) {}
  name_lookup(const name_lookup&) = delete;
  name_lookup& operator=(const name_lookup&) = delete;

  /// In the order to try them; none when the host has no address, see `failure`. Addresses that are
  /// known go on to be used while they are looked up anew, and when that fails.
  awaitable<std::vector<tcp::endpoint>> addresses(opening& o) {
    const auto known = state_;  // stays when *this goes
    if (is_ip_address(host_)) co_return literal();
    if (steady_now() >= known->fresh_until) begin();
    o.enter(open_phase::resolving, [&known] { known->finished.all(); });
    const patience limit(executor_, *known, terms_.patience);
    while (known->must_wait() && !o.stopped() && !limit.is_over()) co_await known->finished.wait();
    if (known->must_wait() && limit.is_over()) known->failure = silent();
    co_return known->endpoints;
  }

  /// None of the addresses accepts connections: perhaps the host has others by now.
  void doubt() {
    state_->doubted = true;
    state_->fresh_until = time_point::min();
  }

  std::string failure() const { return state_->failure; }

 private:
  struct state {
    explicit state(executor ex) : finished(ex) {}

    bool must_wait() const { return under_way && (endpoints.empty() || doubted); }

    wake_up finished;
    std::vector<tcp::endpoint> endpoints;
    std::string failure;
    time_point fresh_until = time_point::min();
    bool under_way = false;
    bool doubted = false;
  };

  /// Ends the wait of one who has waited too long.
  class patience {
   public:
    patience(executor ex, state& s, duration limit)
        : timer_(ex, limit), over_(std::make_shared<bool>(false)) {
      timer_.async_wait([&s, flag = std::weak_ptr(over_)](net_error error) {
        const auto over = flag.lock();
        if (error || !over) return;
        *over = true;
        s.finished.all();
      });
    }

    bool is_over() const { return *over_; }

   private:
    net_timer timer_;
    std::shared_ptr<bool> over_;
  };

  static time_point steady_now() { return std::chrono::steady_clock::now(); }

  std::vector<tcp::endpoint> literal() const {
    return {tcp::endpoint(boost::asio::ip::make_address(host_), port_)};
  }

  std::string silent() const {
    return fmt::format("looking up the host name {} took longer than {}", host_,
                       format_duration(terms_.patience));
  }

  void begin() {
    if (state_->under_way) return;
    state_->under_way = true;
    source_->resolve(host_, port_,
                     [known = state_, lifetime = terms_.lifetime, host = host_](
                         const found_addresses& found) { take(*known, host, lifetime, found); });
  }

  static void take(state& known, const std::string& host, duration lifetime,
                   const found_addresses& found) {
    known.under_way = known.doubted = false;
    if (found.endpoints.empty()) {
      known.failure = fmt::format("the host name {} has no address: {}", host, found.failure);
      if (!known.endpoints.empty()) known.fresh_until = steady_now() + std::chrono::seconds(5);
    } else {
      known.endpoints = interleave_families(found.endpoints);
      known.fresh_until = steady_now() + lifetime;
    }
    known.finished.all();
  }

  executor executor_;
  std::unique_ptr<resolver> source_;
  std::shared_ptr<state> state_;
  std::string host_;
  std::uint16_t port_;
  terms terms_;
};

}  // namespace batchmill
