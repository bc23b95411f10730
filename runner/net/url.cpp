#include "runner/net/url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "batchmill/http.hpp"

namespace batchmill {

namespace {

using failure = std::string;

bool is_ipv6(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

std::optional<in_addr> ipv4(const std::string& host) {
  in_addr address{};
  if (inet_pton(AF_INET, host.c_str(), &address) != 1) return std::nullopt;
  return address;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool is_host_name(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), is_host_character);
}

std::string lowered(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), detail::lower);
  return result;
}

bool parse_port(std::string_view text, std::uint16_t& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port != 0;
}

/// Splits "host", "host:port", "[::1]:port"; `port` keeps its value when the text names none.
std::optional<failure> parse_authority(std::string_view text, url& result) {
  std::string_view port;
  if (text.substr(0, 1) == "[") {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return "its IPv6 address lacks the closing bracket";
    result.host = lowered(text.substr(1, end - 1));
    port = text.substr(end + 1);
    if (!is_ipv6(result.host)) return "its IPv6 address is not valid";
    if (!port.empty() && port.front() != ':') return "something odd follows the IPv6 address";
  } else {
    const auto colon = text.find(':');
    result.host = lowered(text.substr(0, colon));
    if (colon != std::string_view::npos) port = text.substr(colon);
    if (result.host.empty()) return "it names no host";
    if (!is_host_name(result.host)) return "its host name holds a character that is not allowed";
  }
  if (!port.empty() && !parse_port(port.substr(1), result.port))
    return "its port is not a number from 1 to 65535";
  return std::nullopt;
}

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::uint16_t default_port(std::string_view scheme) {
  return scheme == "https" ? 443 : 80;
}

}  // namespace

std::string url::host_header() const {
  return port == default_port(scheme) ? bracketed(host) : endpoint();
}

std::string url::endpoint() const {
  return bracketed(host) + ":" + std::to_string(port);
}

boost::system::result<url, std::string> parse_url(std::string_view text) {
  const bool clean =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127; });
  if (!clean) return failure("it holds a space or a character outside ASCII");
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return failure("it does not begin with http:// or https://");
  url result;
  result.scheme = lowered(text.substr(0, colon));
  if (result.scheme != "http" && result.scheme != "https")
    return failure("only http and https are spoken");
  result.port = default_port(result.scheme);
  std::string_view rest = text.substr(colon + 3);
  const auto slash = std::min(rest.find_first_of("/?#"), rest.size());
  result.path = rest.substr(slash);
  std::string_view authority = rest.substr(0, slash);
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    result.userinfo = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  if (auto wrong = parse_authority(authority, result)) return std::move(*wrong);
  return result;
}

bool is_loopback(std::string_view host) {
  const std::string name(host);
  if (const auto address = ipv4(name)) return (ntohl(address->s_addr) >> 24) == 127;
  in6_addr address{};
  if (inet_pton(AF_INET6, name.c_str(), &address) == 1) return IN6_IS_ADDR_LOOPBACK(&address);
  return detail::equal_ignoring_case(host, "localhost");
}

bool is_ip_address(std::string_view host) {
  const std::string name(host);
  return ipv4(name).has_value() || is_ipv6(name);
}

}  // namespace batchmill
