// The way to the server, as an interface: one call is one attempt.
#pragma once

#include <boost/system/result.hpp>

#include "batchmill/awaitable.hpp"
#include "batchmill/clock.hpp"
#include "batchmill/error.hpp"
#include "batchmill/http.hpp"

namespace batchmill {

using attempt_result = boost::system::result<http_response, transport_error>;

class transport {
 public:
  virtual ~transport() = default;

  /// Makes one attempt. Any HTTP status is a response; an error means that none arrived.
  /// `request` must stay alive until the call returns.
  virtual awaitable<attempt_result> send(const http_request& request, time_point deadline) = 0;

  /// Every attempt under way ends with `net_errc::stopped`, later ones at once.
  virtual void cancel() = 0;
};

}  // namespace batchmill
