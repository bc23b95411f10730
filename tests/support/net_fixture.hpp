// What tests of the transport share: an io_context, and send() as a plain call.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "batchmill/transport.hpp"
#include "runner/net/https_transport.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_coroutine.hpp"
#include "tests/support/scripted_server.hpp"

namespace batchmill::testing {

/// The state of one send() that runs on the fixture's io_context.
struct pending {
  pending() = default;

  bool done = false;
  attempt_result result{transport_error(net_errc::stopped, "not finished")};
};

struct net_fixture {
  /// The servers of the test are gone by now.
  ~net_fixture() {
    if (client) client->cancel();
    CHECK(idle());
  }

  static http_request post(std::string body = "{}") {
    return http_request("POST", "/v1/chat/completions", std::move(body));
  }

  transport& connect(transport_options options) {
    client = make_https_transport(io.get_executor(), options);
    return *client;
  }

  transport& connect(const std::string& url) {
    transport_options options;
    options.base_url = url;
    return connect(options);
  }

  std::shared_ptr<pending> begin(http_request request, duration limit = std::chrono::seconds(10)) {
    const auto kept = std::make_shared<http_request>(std::move(request));
    return watch(client->send(*kept, std::chrono::steady_clock::now() + limit), kept);
  }

  std::shared_ptr<pending> begin_transfer(http_request request, transfer_terms terms) {
    const auto kept = std::make_shared<http_request>(std::move(request));
    return watch(client->transfer(*kept, terms), kept);
  }

  attempt_result transfer(http_request request, transfer_terms terms) {
    return finish(begin_transfer(std::move(request), terms));
  }

  attempt_result finish(const std::shared_ptr<pending>& state) {
    run_until([&] { return state->done; });
    return std::move(state->result);
  }

  attempt_result send(http_request request = post(), duration limit = std::chrono::seconds(10)) {
    return finish(begin(std::move(request), limit));
  }

  /// A request that has to end with an error.
  transport_error fail(http_request request = post(), duration limit = std::chrono::seconds(10)) {
    const auto result = send(std::move(request), limit);
    if (result) throw std::runtime_error("answered: " + result->body.substr(0, 100));
    return result.error();
  }

  template <class Condition>
  void run_until(Condition condition) {
    io.restart();
    while (!condition())
      if (io.run_one_for(std::chrono::seconds(20)) == 0)
        throw std::runtime_error("the io_context ran dry or stood still for 20 s");
  }

  /// Does the io_context run out of work by itself? Servers have to be stopped before.
  bool idle() { return runs_dry(io); }

  std::shared_ptr<pending> watch(awaitable<attempt_result> task,
                                 std::shared_ptr<http_request> kept) {
    const auto state = std::make_shared<pending>();
    boost::asio::co_spawn(io.get_executor(), std::move(task),
                          [state, kept](std::exception_ptr failure, attempt_result result) {
                            if (failure) std::rethrow_exception(failure);
                            state->done = true;
                            state->result = std::move(result);
                          });
    return state;
  }

  boost::asio::io_context io{1};
  std::unique_ptr<transport> client;
};

}  // namespace batchmill::testing
