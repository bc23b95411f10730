// A network that a test writes: what each attempt brings, and how long it takes.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "batchmill/transport.hpp"

namespace batchmill::testing {

class scripted_transport final : public transport {
 public:
  /// Gets the request and how often this very body, or a request to this target without one, was
  /// sent before.
  using script = std::function<attempt_result(const http_request&, unsigned before)>;
  using delay = std::function<duration(const http_request&, unsigned before)>;

  scripted_transport(clock& time, script answers, delay takes)
      : clock_(time), answers_(std::move(answers)), takes_(std::move(takes)) {}

  awaitable<attempt_result> send(const http_request& request, time_point deadline) override {
    const unsigned before = sent_[key_of(request)]++;
    ++attempts;
    peak_in_flight = std::max(peak_in_flight, ++in_flight_);
    const time_point answered = clock_.now() + takes_(request, before);
    co_await clock_.sleep_until(std::min(answered, deadline));
    --in_flight_;
    if (cancelled_) co_return transport_error(net_errc::stopped, "stopped");
    if (answered > deadline) co_return transport_error(net_errc::timed_out, "no answer");
    co_return answers_(request, before);
  }

  /// A Content-Length larger than the script's body is a connection that broke after the body.
  awaitable<attempt_result> transfer(const http_request& request, transfer_terms terms) override {
    last_terms = terms;
    attempt_result result = co_await send(request, clock_.now() + terms.stall);
    if (!result || result->status / 100 != 2) co_return result;
    const std::string body = terms.sink ? std::exchange(result->body, {}) : std::string();
    if (terms.sink && !(terms.sink->begin(*result) && (body.empty() || terms.sink->write(body)))) {
      co_return transport_error(net_errc::sink_closed, "the sink was closed");
    }
    const std::string length(result->header("content-length"));
    const std::size_t got = terms.sink ? body.size() : result->body.size();
    if (!length.empty() && std::stoull(length) > got) {
      co_return transport_error(net_errc::connection_lost, "the connection broke");
    }
    co_return result;
  }

  awaitable<std::optional<transport_error>> reach(time_point) override {
    ++times_reached;
    if (!way) co_return std::nullopt;
    co_return way();
  }

  void cancel() override { cancelled_ = true; }

  std::function<std::optional<transport_error>()> way;  // to the server; empty: free
  unsigned times_reached = 0;

  transfer_terms last_terms;
  unsigned attempts = 0;
  unsigned peak_in_flight = 0;

  unsigned times_sent(const std::string& body) const {
    const auto found = sent_.find(body);
    return found == sent_.end() ? 0 : found->second;
  }

 private:
  static std::string key_of(const http_request& request) {
    return request.body.empty() ? request.method + ' ' + request.target : request.body;
  }

  clock& clock_;
  script answers_;
  delay takes_;
  unsigned in_flight_ = 0;
  bool cancelled_ = false;
  std::map<std::string, unsigned> sent_;
};

}  // namespace batchmill::testing
