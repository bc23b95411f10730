// The addresses of one host, asked for once and remembered for a while. For https_transport.cpp.
#pragma once

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runner/net/address_order.hpp"
#include "runner/net/opening.hpp"
#include "runner/net/url.hpp"
#include "runner/net/wake_up.hpp"

namespace batchmill {

class name_lookup {
 public:
  name_lookup(executor ex, std::string host, std::uint16_t port, duration lifetime)
      : state_(std::make_shared<state>(ex)),
        host_(std::move(host)),
        port_(port),
        lifetime_(lifetime) {}
  name_lookup(const name_lookup&) = delete;
  name_lookup& operator=(const name_lookup&) = delete;
  ~name_lookup() { state_->resolver.cancel(); }

  /// In the order to try them; none when the host has no address, see `failure`. When a refresh
  /// fails, the old addresses are given out.
  awaitable<std::vector<tcp::endpoint>> addresses(opening& o) {
    const auto known = state_;  // stays when *this goes
    if (is_ip_address(host_)) co_return literal();
    if (steady_now() >= known->fresh_until) begin();
    o.enter(open_phase::resolving, [&known] { known->finished.all(); });
    while (known->under_way && !o.stopped()) co_await known->finished.wait();
    co_return known->endpoints;
  }

  std::string failure() const { return state_->failure; }

 private:
  struct state {
    explicit state(executor ex) : resolver(ex), finished(ex) {}

    tcp_resolver resolver;
    wake_up finished;
    std::vector<tcp::endpoint> endpoints;
    std::string failure;
    time_point fresh_until = time_point::min();
    bool under_way = false;
  };

  static time_point steady_now() { return std::chrono::steady_clock::now(); }

  std::vector<tcp::endpoint> literal() const {
    return {tcp::endpoint(boost::asio::ip::make_address(host_), port_)};
  }

  void begin() {
    if (state_->under_way) return;
    state_->under_way = true;
    state_->resolver.async_resolve(host_, std::to_string(port_), tcp::resolver::numeric_service,
                                   [known = state_, lifetime = lifetime_, host = host_](
                                       net_error error, const tcp_resolver::results_type& found) {
                                     take(*known, host, lifetime, error, found);
                                   });
  }

  static void take(state& known, const std::string& host, duration lifetime, net_error error,
                   const tcp_resolver::results_type& found) {
    known.under_way = false;
    if (error) {
      known.failure = fmt::format("the host name {} has no address: {}", host, error.message());
      if (!known.endpoints.empty()) known.fresh_until = steady_now() + std::chrono::seconds(5);
    } else {
      known.endpoints = interleave_families({found.begin(), found.end()});
      known.fresh_until = steady_now() + lifetime;
    }
    known.finished.all();
  }

  std::shared_ptr<state> state_;
  std::string host_;
  std::uint16_t port_;
  duration lifetime_;
};

}  // namespace batchmill
