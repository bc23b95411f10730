// An api_client with a network that the test writes and a clock that jumps.
#pragma once

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runner/net/streamed_body.hpp"
#include "runner/remote/api_client.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/scripted_transport.hpp"
#include "tests/support/temporary_folder.hpp"

namespace batchmill::testing {

inline http_response answer(int status, std::string body, const std::string& fields = "") {
  return http_response(status, fields, std::move(body));
}

inline transport_error lost() {
  return transport_error(net_errc::connection_lost, "the server reset the connection");
}

/// The body as it goes over the wire, files included.
inline std::string whole_body(const http_request& request) {
  streamed_body body(request);
  std::string buffer(4096, '\0');
  std::string text;
  while (text.size() < body.size()) text += *body.bytes_at(text.size(), buffer);
  return text;
}

struct client_fixture {
  client_fixture() { spec.attempts = 4; }

  template <class T>
  T finish(awaitable<T> call) {
    std::optional<T> result;
    const auto task = [](awaitable<T> inner, std::optional<T>& out) -> awaitable<void> {
      auto value = co_await std::move(inner);
      out.emplace(std::move(value));
    };
    run_in_fake_time(io, time, task(std::move(call), result));
    return std::move(*result);
  }

  /// "POST /v1/batches" of all requests so far.
  std::vector<std::string> asked;
  std::vector<http_request> requests;
  std::vector<duration> waits;

  std::function<attempt_result(const http_request&, unsigned before)> script;
  std::function<duration(const http_request&)> takes = [](const http_request&) {
    return std::chrono::milliseconds(20);
  };

  temporary_folder folder;
  retry_spec spec;
  api_spec api;
  boost::asio::io_context io{1};
  fake_clock time{io.get_executor()};
  scripted_transport wire{time,
                          [this](const http_request& request, unsigned before) {
                            asked.push_back(request.method + ' ' + request.target);
                            requests.push_back(request);
                            return script(request, before);
                          },
                          [this](const http_request& request, unsigned) { return takes(request); }};
  std::optional<api_client> made;

  api_client& client() {
    if (!made) {
      made.emplace(wire, time, api_paths(api), spec, 1,
                   [this](const remote_failure&, duration wait) { waits.push_back(wait); });
    }
    return *made;
  }
};

}  // namespace batchmill::testing
