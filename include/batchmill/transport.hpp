// The way to the server, as an interface: one call is one attempt.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include <boost/system/result.hpp>

#include "batchmill/awaitable.hpp"
#include "batchmill/clock.hpp"
#include "batchmill/error.hpp"
#include "batchmill/http.hpp"

namespace batchmill {

using attempt_result = boost::system::result<http_response, transport_error>;

/// Takes the body of a response while it arrives.
class body_sink {
 public:
  virtual ~body_sink() = default;

  /// A 2xx response has begun: status and fields are known, no byte of its body is. Called once at
  /// most, and before any `write`. False: nothing of it is wanted (net_errc::sink_closed).
  virtual bool begin(const http_response& head) = 0;

  /// The next bytes, valid during the call. False: no more (net_errc::sink_closed).
  virtual bool write(std::string_view bytes) = 0;
};

/// For requests and responses that are too large for one deadline, or for memory.
struct transfer_terms {
  transfer_terms() = default;

  body_sink* sink = nullptr;  // gets the body of a 2xx response, of any size and as it was stored:
                              // no coding is asked for. Null: bodies stay in the response
  duration stall = std::chrono::seconds(60);   // without a byte in either direction: timed out
  duration answer = std::chrono::minutes(10);  // the same between request and response
  bool once = false;  // for what must not be done twice: a new connection, on which nothing can go
                      // stale and be sent again
};

class transport {
 public:
  virtual ~transport() = default;

  /// Makes one attempt. Any HTTP status is a response; an error means that none arrived. Redirects
  /// are responses, too: they are not followed. `request` must stay alive until the call returns.
  virtual awaitable<attempt_result> send(const http_request& request, time_point deadline) = 0;

  /// The same without a deadline for the whole, and with the body going to `terms.sink`, where
  /// there is one; its response comes back without body then. When the connection breaks the sink
  /// keeps what has come, and the result is an error. What the sink throws comes out of the call.
  virtual awaitable<attempt_result> transfer(const http_request& request, transfer_terms terms) = 0;

  /// Opens a connection, for a request to come. Nothing: the server is there.
  virtual awaitable<std::optional<transport_error>> reach(time_point deadline) = 0;

  /// Every attempt under way ends with `net_errc::stopped`, later ones at once.
  virtual void cancel() = 0;
};

}  // namespace batchmill
