// http and https addresses, as far as a client needs them.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace batchmill {

struct url {
  url() = default;

  bool tls() const { return scheme == "https"; }

  /// What stands in a Host header: without the scheme's own port, IPv6 in brackets.
  std::string host_header() const;

  /// "host:port" always with the port, as CONNECT wants it and as messages show it.
  std::string endpoint() const;

  std::string scheme;    // "http" or "https"
  std::string userinfo;  // still percent-encoded, without '@'
  std::string host;      // lower case, IPv6 without brackets
  std::uint16_t port = 0;
  std::string path;  // from the first '/', query included; may be empty
};

/// The error is a clause that says what is wrong, e.g. "its port is not a number from 1 to 65535".
/// It never quotes the text, which may hold a password.
boost::system::result<url, std::string> parse_url(std::string_view text);

/// localhost, 127.0.0.0/8 or ::1: what is sent there does not leave this machine.
bool is_loopback(std::string_view host);

/// A literal IPv4 or IPv6 address, without brackets?
bool is_ip_address(std::string_view host);

}  // namespace batchmill
