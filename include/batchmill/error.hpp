// How things go wrong: what one attempt can suffer, and what ends a whole run.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace batchmill {

/// What went wrong with one attempt on the wire?
enum class net_errc {
  resolve_failed = 1,  // the host name has no address
  connect_failed,      // no address accepted a connection
  tls_failed,          // the handshake failed
  untrusted,           // the server's certificate is not accepted
  proxy_refused,       // the proxy did not answer CONNECT with 2xx
  timed_out,           // the attempt's deadline passed
  connection_lost,     // closed or reset before the response was complete
  bad_response,        // not HTTP/1.x, or a body that cannot be decoded
  response_too_large,  // larger than transport_options::max_response
  stopped,             // the run was told to stop
  file_unreadable,     // a file of the request cannot be read, or is another one than it was
  sink_closed,         // the receiver of the body took no more of it
};

/// The name that stands in an output line's `error.code`, e.g. "connection_lost".
constexpr const char* to_string(net_errc code) {
  switch (code) {
    case net_errc::resolve_failed:
      return "resolve_failed";
    case net_errc::connect_failed:
      return "connect_failed";
    case net_errc::tls_failed:
      return "tls_failed";
    case net_errc::untrusted:
      return "untrusted";
    case net_errc::proxy_refused:
      return "proxy_refused";
    case net_errc::timed_out:
      return "timed_out";
    case net_errc::connection_lost:
      return "connection_lost";
    case net_errc::bad_response:
      return "bad_response";
    case net_errc::response_too_large:
      return "response_too_large";
    case net_errc::stopped:
      return "stopped";
    case net_errc::file_unreadable:
      return "file_unreadable";
    case net_errc::sink_closed:
      return "sink_closed";
  }
  return "unknown";
}

/// Did it go wrong before anything was sent?
constexpr bool is_unsent(net_errc code) {
  return code == net_errc::resolve_failed || code == net_errc::connect_failed ||
         code == net_errc::tls_failed || code == net_errc::untrusted ||
         code == net_errc::proxy_refused;
}

/// Why an attempt brought no response.
struct transport_error {
  transport_error() = default;  // boost::system::result needs it
  transport_error(net_errc c, std::string d) : code(c), detail(std::move(d)) {}

  net_errc code = net_errc::connection_lost;
  std::string detail;  // one sentence for a person, e.g. "connect to 127.0.0.1:80: refused"
};

/// The user asked for something that cannot be done: wrong option, spec or input. Exit code 2.
/// The message is one whole sentence with its place (file:line:column) in front.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The run cannot go on for a reason that concerns all of it (disk, key, quota). Exit code 3.
struct run_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace batchmill
