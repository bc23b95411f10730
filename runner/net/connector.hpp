// Opens connections: addresses, the race for one, the proxy's tunnel, TLS. For https_transport.cpp.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "batchmill/error.hpp"
#include "runner/net/connection.hpp"
#include "runner/net/gate.hpp"
#include "runner/net/happy_eyeballs.hpp"
#include "runner/net/https_transport.hpp"
#include "runner/net/name_lookup.hpp"
#include "runner/net/opening.hpp"
#include "runner/net/request_head.hpp"
#include "runner/net/response_parser.hpp"

namespace batchmill {

/// A connection or the reason why there is none; neither when the opening was stopped.
struct opened {
  opened() = default;
  opened(std::unique_ptr<connection> c) : link(std::move(c)) {}
  opened(transport_error e) : failure(std::move(e)) {}

  std::unique_ptr<connection> link;
  std::optional<transport_error> failure;
};

class connector {
 public:
  /// `proxy` is the proxy to use, if any. Throws usage_error for a ca_file that cannot be read.
  connector(executor ex, ready_set& set, url server, std::optional<url> proxy,
            const transport_options& options)
      : executor_(ex),
        ready_set_(set),
        server_(std::move(server)),
        proxy_(std::move(proxy)),
        connect_timeout_(options.connect_timeout),
        lookup_(ex, make_system_resolver(ex), next_hop().host, next_hop().port,
                {options.dns_lifetime, options.connect_timeout * lookups_of_a_connection}),
        races_(ex, most_races),
        handshakes_(ex, options.max_handshakes) {
    if (server_.tls()) tls_.emplace(server_.host, options.ca_file);
  }

  awaitable<opened> open(opening& o) {
    const auto addresses = co_await lookup_.addresses(o);
    if (o.stopped()) co_return opened();
    if (addresses.empty()) co_return transport_error(net_errc::resolve_failed, lookup_.failure());
    std::unique_ptr<connection> link;
    std::optional<transport_error> failure;
    {
      gate::pass turn(races_, open_phase::connecting);
      co_await turn.wait(o);
      if (o.stopped()) co_return opened();
      const auto race = std::make_shared<happy_eyeballs>(executor_, addresses, connect_timeout_);
      co_await race->run(o);
      if (o.stopped()) co_return opened();
      auto socket = race->winner();
      if (!socket) {
        lookup_.doubt();
        co_return transport_error(net_errc::connect_failed, race->failure());
      }
      link = std::make_unique<connection>(ready_set_, std::move(*socket));
    }
    if (tls_) failure = co_await secure(*link, *tls_, o);
    if (failure) co_return std::move(*failure);
    co_return std::move(link);
  }

  const url& next_hop() const { return proxy_ ? *proxy_ : server_; }

 private:
  // Resolvers ask several name servers in turn, and each again.
  static constexpr int lookups_of_a_connection = 4;

  using maybe_error = std::optional<transport_error>;

  /// At a time: a race takes more memory than a connection.
  static constexpr unsigned most_races = 1000;

  /// Ends waits on a connection that takes too long to set up.
  class watchdog {
   public:
    watchdog(executor ex, connection& c, duration limit)
        : timer_(ex, limit), expired_(std::make_shared<bool>(false)) {
      watch(c);
    }
    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;

    bool expired() const { return *expired_; }

   private:
    void watch(connection& c) {
      timer_.async_wait([this, &c, flag = std::weak_ptr(expired_)](net_error error) {
        const auto expired = flag.lock();
        if (error || !expired) return;
        if (put_off_if_late(timer_, put_off_)) return watch(c);
        *expired = true;
        c.interrupt();
      });
    }

    net_timer timer_;
    unsigned put_off_ = 0;
    std::shared_ptr<bool> expired_;
  };

  awaitable<maybe_error> secure(connection& link, tls_context& tls, opening& o) {
    maybe_error failure;
    if (proxy_) failure = co_await tunnel(link, o);
    if (failure || o.stopped()) co_return failure;
    gate::pass turn(handshakes_, open_phase::securing);
    co_await turn.wait(o);
    if (o.stopped()) co_return failure;
    co_return co_await shake_hands(link, tls, o);
  }

  awaitable<maybe_error> shake_hands(connection& link, tls_context& context, opening& o) {
    o.enter(open_phase::securing, [&link] { link.interrupt(); });
    const watchdog limit(executor_, link, connect_timeout_);
    tls_stream& tls = link.secure(context);
    io_status status = tls.handshake();
    while (!o.stopped() && (status == io_status::wait_read || status == io_status::wait_write)) {
      if (!link.socket().became_ready(status)) co_await link.socket().suspend(status);
      if (limit.expired()) co_return too_slow("TLS handshake with", server_);
      status = tls.handshake();
    }
    if (status == io_status::done || o.stopped()) co_return std::nullopt;
    co_return transport_error(tls.is_trusted() ? net_errc::tls_failed : net_errc::untrusted,
                              tls.handshake_failure());
  }

  awaitable<maybe_error> tunnel(connection& link, opening& o) {
    o.enter(open_phase::tunnelling, [&link] { link.interrupt(); });
    const watchdog limit(executor_, link, connect_timeout_);
    const std::string head = connect_head(server_, next_hop());
    std::size_t sent = 0;
    if (link.write(head, {}, sent) != io_status::done) co_return proxy_lost();
    inflater decoder;
    response_parser answer(decoder, 0, true);
    maybe_error failure;
    while (!answer.done() && !failure && !o.stopped()) {
      constexpr auto to_read = io_status::wait_read;
      if (!link.socket().became_ready(to_read)) co_await link.socket().suspend(to_read);
      if (limit.expired()) co_return too_slow("CONNECT by", next_hop());
      failure = read_tunnel_answer(link, answer);
    }
    if (failure || o.stopped()) co_return failure;
    co_return judge(answer.take());
  }

  maybe_error read_tunnel_answer(connection& link, response_parser& answer) const {
    char bytes[4096];
    std::size_t got = 0;
    const io_status status = link.read(bytes, sizeof bytes, got);
    if (status == io_status::wait_read) return std::nullopt;
    if (status != io_status::done) return proxy_lost();
    const auto wrong = answer.feed({bytes, got});
    if (!wrong) return std::nullopt;
    return transport_error(net_errc::proxy_refused,
                           fmt::format("proxy {}: {}", next_hop().endpoint(), wrong->detail));
  }

  maybe_error judge(const http_response& answer) const {
    if (answer.status / 100 == 2) return std::nullopt;
    return transport_error(net_errc::proxy_refused,
                           fmt::format("the proxy {} refused the way to {} with status {}{}",
                                       next_hop().endpoint(), server_.endpoint(), answer.status,
                                       answer.status == 407 ? " (user and password?)" : ""));
  }

  transport_error proxy_lost() const {
    return {net_errc::proxy_refused,
            fmt::format("the proxy {} closed the connection", next_hop().endpoint())};
  }

  transport_error too_slow(std::string_view what, const url& whom) const {
    return {net_errc::connect_failed,
            fmt::format("{} {}: timed out after {}", what, whom.endpoint(),
                        format_duration(connect_timeout_))};
  }

  executor executor_;
  ready_set& ready_set_;
  url server_;
  std::optional<url> proxy_;
  duration connect_timeout_;
  name_lookup lookup_;
  gate races_;
  gate handshakes_;
  std::optional<tls_context> tls_;
};

}  // namespace batchmill
