// HTTP messages as plain values. No Beast here: only runner/net knows the wire.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace batchmill {

/// One request without its connection-wide parts: the transport adds host, key and fixed headers.
struct http_request {
  http_request() = default;
  http_request(std::string m, std::string t, std::string b)
      : method(std::move(m)), target(std::move(t)), body(std::move(b)) {}

  std::string method = "POST";
  std::string target;  // path below the base URL's origin, e.g. "/v1/chat/completions"
  std::string content_type = "application/json";
  std::string headers;  // further header lines, each ended by CRLF; usually empty
  std::string body;
};

/// A complete response of any status. Header fields are looked up in the raw head on demand.
struct http_response {
  http_response() = default;
  http_response(int s, std::string h, std::string b)
      : status(s), head(std::move(h)), body(std::move(b)) {}

  /// The value of the first field called `name` (any case), trimmed; empty when absent.
  std::string_view header(std::string_view name) const;

  int status = 0;
  std::string head;  // field lines "Name: value\r\n", without the status line
  std::string body;  // decoded: neither chunked nor compressed any more
};

}  // namespace batchmill
