// The transport over the network: HTTP/1.1, plain or TLS, with keep-alive, directly or by a proxy.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "batchmill/awaitable.hpp"
#include "batchmill/clock.hpp"
#include "batchmill/transport.hpp"

namespace batchmill {

struct transport_options {
  transport_options() = default;

  std::string base_url;  // "https://api.openai.com/v1": only scheme, host and port count here
  std::string key_header = "Authorization";
  std::string authorization;  // value of that header, "Bearer sk-..."; empty: none
  std::vector<std::pair<std::string, std::string>> headers;  // sent with every request
  std::vector<std::string> hidden;  // further texts that refusals are not to repeat
  duration connect_timeout = std::chrono::seconds(5);  // one address; again for TLS
  std::string proxy;                                 // http://[user:pass@]host:port; empty: direct
  std::string ca_file;                               // PEM; empty: the system's certificates
  std::size_t max_response = 64 * 1024 * 1024;       // bytes of a decoded body
  duration idle_timeout = std::chrono::seconds(30);  // how long an unused connection is kept
  duration dns_lifetime = std::chrono::seconds(60);  // how long addresses are remembered
  unsigned max_handshakes = 64;                      // TLS handshakes under way at a time
};

/// Must be destroyed on the thread of `ex`, after every `send` has returned. Throws usage_error for
/// a base_url, proxy, ca_file or header that cannot work.
std::unique_ptr<transport> make_https_transport(executor ex, const transport_options& options);

}  // namespace batchmill
