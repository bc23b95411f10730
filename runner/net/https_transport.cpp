// The one translation unit that instantiates Asio's sockets, timers and resolver.
#include "runner/net/https_transport.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>

#include "batchmill/duration.hpp"
#include "runner/net/attempt.hpp"
#include "runner/net/attempt_watch.hpp"
#include "runner/net/connection_pool.hpp"
#include "runner/net/connector.hpp"
#include "runner/net/exchange.hpp"
#include "runner/net/key_guard.hpp"
#include "runner/net/lost_request.hpp"
#include "runner/net/request_head.hpp"
#include "runner/net/url.hpp"

namespace batchmill {

namespace {

time_point steady_now() {
  return std::chrono::steady_clock::now();
}

// A shorter one is a test's or a local server's, and may be a word of its messages.
constexpr std::size_t shortest_secret = 16;

void hide(const std::string& secret, std::string& text) {
  if (secret.size() < shortest_secret) return;
  for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
    text.replace(at, secret.size(), "[hidden]");
}

/// "Bearer sk-..." or the key itself.
std::string key_of(std::string_view authorization) {
  return std::string(authorization.substr(authorization.rfind(' ') + 1));
}

transport_error stopped() {
  return {net_errc::stopped, "the run was stopped"};
}

transport_error late(std::string detail) {
  return {net_errc::timed_out, std::move(detail)};
}

transport_error unconnected(std::string detail) {
  return {net_errc::connect_failed, std::move(detail)};
}

class https_transport final : public transport {
 public:
  https_transport(executor ex, const url& server, const std::optional<url>& proxy,
                  const transport_options& options)
      : executor_(ex),
        server_(server),
        ready_set_(ex),
        connector_(ex, ready_set_, server, proxy, options),
        pool_(options.idle_timeout),
        watch_(ex),
        head_(server, options, proxy && !server.tls() ? &*proxy : nullptr),
        tools_(options.max_response),
        hidden_(options.hidden) {
    hidden_.push_back(key_of(options.authorization));
    if (!options.authorization.empty()) guard_.emplace();
  }

  ~https_transport() override { wipe(hidden_.back()); }

  awaitable<attempt_result> send(const http_request& request, time_point deadline) override {
    return run(request, deadline, transfer_terms(), false);
  }

  awaitable<attempt_result> transfer(const http_request& request, transfer_terms terms) override {
    return run(request, steady_now() + terms.stall, terms, true);
  }

  awaitable<std::optional<transport_error>> reach(time_point deadline) override;

  void cancel() override {
    stopped_ = true;
    pool_.clear();
    watch_.end_all(net_errc::stopped);
  }

 private:
  awaitable<attempt_result> run(const http_request& request, time_point deadline,
                                transfer_terms terms, bool by_stalls);
  awaitable<std::optional<transport_error>> open(attempt& a);
  bool take_idle(attempt& a);
  static bool is_stale(const attempt& a, const exchange& e);
  static void note_progress(attempt& a, const exchange& e, const transfer_terms& terms);
  attempt_result conclude(attempt& a, exchange& e);
  void hide_secrets(http_response& refusal) const;
  transport_error why_ended(const attempt& a, open_phase phase) const;
  transport_error why_ended(const attempt& a, const exchange& e) const;

  executor executor_;
  url server_;
  ready_set ready_set_;
  connector connector_;
  connection_pool pool_;
  attempt_watch watch_;
  request_head head_;
  exchange_tools tools_;
  std::vector<std::string> hidden_;  // the key is the last
  std::optional<key_guard> guard_;   // while there is a key
  bool stopped_ = false;
};

awaitable<attempt_result> https_transport::run(const http_request& request, time_point deadline,
                                               transfer_terms terms, bool by_stalls) {
  if (stopped_) co_return stopped();
  if (auto wrong = unreadable_upload(request)) co_return std::move(*wrong);
  attempt a(steady_now(), deadline);
  if (by_stalls) a.bound_by_stalls(terms.stall);
  const attempt_watch::guard watched(watch_, a);
  const auto coding = terms.sink ? answer_coding::identity : answer_coding::gzip;
  for (bool reused = !terms.once && take_idle(a);; reused = false) {
    if (!a.link) {
      auto failure = co_await open(a);
      if (failure) co_return std::move(*failure);
    }
    exchange e(tools_, request, terms.sink);
    io_status status = e.start(*a.link, head_.write(request, coding));
    while (status != io_status::done && !a.ended) {
      if (by_stalls) note_progress(a, e, terms);
      if (status == io_status::again)
        co_await boost::asio::post(executor_, use_await);
      else if (!a.link->socket().became_ready(status))
        co_await a.link->socket().suspend(status);
      if (!a.ended) status = e.step(*a.link);
    }
    if (!reused || !is_stale(a, e)) co_return conclude(a, e);
    a.link.reset();
  }
}

awaitable<std::optional<transport_error>> https_transport::reach(time_point deadline) {
  if (stopped_) co_return stopped();
  attempt a(steady_now(), deadline);
  const attempt_watch::guard watched(watch_, a);
  auto failure = co_await open(a);
  // A server that takes only so many connections may have them all, idle ones of ours among them.
  if (failure) pool_.close_oldest();
  if (!failure && !stopped_) pool_.put(std::move(a.link), steady_now());
  co_return std::move(failure);
}

// An idle connection may turn out to be closed by the server only when the request is sent. A new
// one gets its turn at once then. A request that was read may have been executed and paid: that is
// for the caller to decide.
bool https_transport::is_stale(const attempt& a, const exchange& e) {
  const auto& failure = e.failure();
  if (a.ended || e.answered() || !failure) return false;
  if (failure->code != net_errc::connection_lost) return false;
  lost_request r;
  r.whole = e.whole();
  r.unconfirmed = a.link->has_unconfirmed();
  r.in_order = e.closed();
  r.reset = a.link->was_reset();
  r.after = steady_now() - a.begun;
  return was_not_read(r);
}

bool https_transport::take_idle(attempt& a) {
  // The pool holds what conclude() put there.
  a.link.reset(static_cast<connection*>(pool_.take(a.begun).release()));
  return a.link != nullptr;
}

awaitable<std::optional<transport_error>> https_transport::open(attempt& a) {
  opening o;
  a.under_way = &o;
  auto result = co_await connector_.open(o);
  a.under_way = nullptr;
  a.link = std::move(result.link);
  if (a.ended) result.failure = why_ended(a, o.phase());
  co_return std::move(result.failure);
}

void https_transport::note_progress(attempt& a, const exchange& e, const transfer_terms& terms) {
  if (e.moved() != a.bytes) a.moved = steady_now();
  a.bytes = e.moved();
  a.patience = e.sent() && !e.answered() ? terms.answer : terms.stall;
}

attempt_result https_transport::conclude(attempt& a, exchange& e) {
  if (a.ended == net_errc::timed_out && e.answered_early(*a.link)) return e.take();
  if (a.ended) return why_ended(a, e);
  if (const auto& failure = e.failure()) return *failure;
  if (e.reusable() && !stopped_) pool_.put(std::move(a.link), steady_now());
  http_response answer = e.take();
  if (answer.status >= 300) hide_secrets(answer);
  return answer;
}

/// Servers quote what they refuse, and what they say goes into the output and onto screens.
void https_transport::hide_secrets(http_response& refusal) const {
  for (const std::string& secret : hidden_) {
    hide(secret, refusal.head);
    hide(secret, refusal.body);
  }
}

/// Nothing was sent, so it is as if the connection had been refused.
transport_error https_transport::why_ended(const attempt& a, open_phase phase) const {
  if (a.ended == net_errc::stopped) return stopped();
  const std::string server = server_.endpoint();
  const std::string hop = connector_.next_hop().endpoint();
  switch (phase) {
    case open_phase::resolving:
      return {net_errc::resolve_failed,
              fmt::format("looking up {} took too long", connector_.next_hop().host)};
    case open_phase::connecting:
      return unconnected(fmt::format("connect to {}: timed out", hop));
    case open_phase::tunnelling:
      return unconnected(fmt::format("proxy {}: no tunnel to {} in time", hop, server));
    case open_phase::securing:
      return unconnected(fmt::format("TLS handshake with {}: timed out", server));
  }
  return unconnected("no connection in time");
}

transport_error https_transport::why_ended(const attempt& a, const exchange& e) const {
  if (a.ended == net_errc::stopped) return stopped();
  if (a.bound_by_stalls()) {
    const char* what = !e.sent() ? "nothing of the request was taken"
                                 : (e.answered() ? "nothing of the answer came" : "no answer came");
    return late(fmt::format("{} for {}", what, format_duration(a.patience)));
  }
  const std::string limit = format_duration(a.when() - a.begun);
  if (!e.sent()) return late(fmt::format("the request could not be sent within {}", limit));
  if (e.answered()) return late(fmt::format("the answer was not complete within {}", limit));
  return late(fmt::format("no answer within {}", limit));
}

url must_parse(const std::string& key, const std::string& text) {
  auto parsed = parse_url(text);
  if (!parsed) throw usage_error(fmt::format("{}: {}", key, parsed.error()));
  return *parsed;
}

std::optional<url> parse_proxy(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const bool bare = text.find("://") == std::string::npos;
  url proxy = must_parse("api.proxy", bare ? "http://" + text : text);
  if (proxy.tls())
    throw usage_error("api.proxy: only proxies that are spoken to by http:// are supported");
  return proxy;
}

}  // namespace

std::unique_ptr<transport> make_https_transport(executor ex, const transport_options& options) {
  const url server = must_parse("api.base_url", options.base_url);
  return std::make_unique<https_transport>(ex, server, parse_proxy(options.proxy), options);
}

}  // namespace batchmill
