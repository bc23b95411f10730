// Writes request heads. What is the same for every request is written once.
#pragma once

#include <string>
#include <string_view>

#include "batchmill/http.hpp"
#include "runner/net/https_transport.hpp"
#include "runner/net/url.hpp"

namespace batchmill {

class request_head {
 public:
  /// `proxy`: the requests themselves go to a proxy, which wants scheme and host in targets; null
  /// otherwise, and with a tunnel. Throws usage_error for header fields that cannot be sent.
  request_head(const url& server, const transport_options& options, const url* proxy);

  /// Valid until the next call.
  std::string_view write(const http_request& request);

 private:
  std::string origin_;  // in front of targets; mostly empty
  std::string fixed_;   // field lines
  std::string buffer_;
};

/// The head that asks a proxy for a tunnel to `server`.
std::string connect_head(const url& server, const url& proxy);

/// "Proxy-Authorization: ...\r\n" for the proxy's user and password, empty without.
std::string proxy_authorization(const url& proxy);

}  // namespace batchmill
