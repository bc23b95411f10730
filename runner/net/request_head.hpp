// Writes request heads. What is the same for every request is written once.
#pragma once

#include <string>
#include <string_view>

#include "batchmill/http.hpp"
#include "runner/net/https_transport.hpp"
#include "runner/net/url.hpp"

namespace batchmill {

/// May the body of the answer be coded?
enum class answer_coding {
  gzip,      // yes: it is decoded as a whole
  identity,  // no: it is taken as it comes
};

class request_head {
 public:
  /// `proxy`: the requests themselves go to a proxy, which wants scheme and host in targets; null
  /// otherwise, and with a tunnel. Throws usage_error for header fields that cannot be sent.
  request_head(const url& server, const transport_options& options, const url* proxy);
  request_head(const request_head&) = delete;
  request_head& operator=(const request_head&) = delete;
  ~request_head();

  /// Valid until the next call.
  std::string_view write(const http_request& request, answer_coding coding = answer_coding::gzip);

 private:
  std::string origin_;  // in front of targets; mostly empty
  std::string fixed_;   // field lines
  std::string plain_;   // the same for answers that must not be coded
  std::string buffer_;
};

/// The head that asks a proxy for a tunnel to `server`.
std::string connect_head(const url& server, const url& proxy);

/// "Proxy-Authorization: ...\r\n" for the proxy's user and password, empty without.
std::string proxy_authorization(const url& proxy);

}  // namespace batchmill
