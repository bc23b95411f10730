// One request and its response on a connection, as steps that never wait.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/http.hpp"
#include "runner/net/connection.hpp"
#include "runner/net/response_parser.hpp"
#include "runner/net/streamed_body.hpp"

namespace batchmill {

/// What the exchanges of a transport share: they take turns on one thread.
struct exchange_tools {
  exchange_tools(std::size_t bound) : max_response(bound), buffer(128 * 1024) {}

  std::size_t max_response;
  std::vector<char> buffer;
  inflater decoder;
};

class exchange {
 public:
  /// `request`, `tools` and `sink`, which may be null, must outlive the exchange. `head` is copied
  /// if it is needed again.
  exchange(exchange_tools& tools, const http_request& request, body_sink* sink = nullptr);
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;
  ~exchange();

  io_status start(connection& c, std::string_view head);

  /// Goes on after a wait. done: there is a response or a failure. again: call it once more when
  /// others had a turn.
  io_status step(connection& c);

  /// Time is up while the server takes nothing: has it answered, and waits for us to stop?
  bool answered_early(connection& c);

  /// Was the whole request handed over?
  bool sent() const { return !sending_; }

  /// Was it handed over, and nobody refused to take it?
  bool whole() const { return !sending_ && !broken_; }

  /// Did the server close the connection, and not break it?
  bool closed() const { return closed_; }

  /// Has any byte of the response arrived?
  bool answered() const { return parser_.begun(); }

  /// Bytes in both directions so far.
  std::uint64_t moved() const { return sent_ + received_; }

  bool reusable() const { return !failure_ && !sending_ && !broken_ && parser_.keep_alive(); }

  const std::optional<transport_error>& failure() const { return failure_; }

  http_response take() { return parser_.take(); }

 private:
  io_status send(connection& c, std::string_view head);
  io_status stream(connection& c, std::string_view head);
  io_status look_for_answer(connection& c);
  io_status receive(connection& c);
  io_status fail(std::optional<transport_error> why);

  exchange_tools& tools_;
  const http_request& request_;
  response_parser parser_;
  std::string head_;                      // kept only when it could not be sent at once
  std::unique_ptr<streamed_body> files_;  // null: the request is all in memory
  std::size_t sent_ = 0;
  std::uint64_t received_ = 0;
  bool sending_ = true;
  bool broken_ = false;  // the server takes no more of the request
  bool closed_ = false;
  std::optional<transport_error> failure_;
};

}  // namespace batchmill
