#include "runner/net/proxy.hpp"

#include <algorithm>

#include "batchmill/http.hpp"

namespace batchmill {

using detail::equal_ignoring_case;

namespace {

/// The first of the names that is set to something.
std::string first_set(const env_lookup& env, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const auto value = env(name); value && !value->empty()) return *value;
  return {};
}

bool is_in_domain(std::string_view host, std::string_view domain) {
  if (equal_ignoring_case(host, domain)) return true;
  if (host.size() <= domain.size()) return false;
  const auto cut = host.size() - domain.size();
  return host[cut - 1] == '.' && equal_ignoring_case(host.substr(cut), domain);
}

/// Takes ":port" and brackets off `entry`. Two colons without brackets are a bare IPv6 address.
std::string_view split_port(std::string_view& entry) {
  std::string_view port;
  const auto colon = entry.rfind(':');
  const auto bracket = entry.find(']');
  const bool bracketed = bracket != std::string_view::npos;
  const bool has_port =
      colon != std::string_view::npos && (bracketed ? colon > bracket : entry.find(':') == colon);
  if (has_port) {
    port = entry.substr(colon + 1);
    entry = entry.substr(0, colon);
  }
  if (entry.size() > 1 && entry.front() == '[' && entry.back() == ']')
    entry = entry.substr(1, entry.size() - 2);
  return port;
}

bool matches(const url& server, std::string_view entry) {
  if (entry == "*") return true;
  const std::string_view port = split_port(entry);
  if (!port.empty() && port != std::to_string(server.port)) return false;
  if (entry.substr(0, 2) == "*.") entry.remove_prefix(1);
  if (entry.substr(0, 1) == ".") entry.remove_prefix(1);
  if (is_ip_address(server.host)) return server.host == entry;
  return !entry.empty() && is_in_domain(server.host, entry);
}

}  // namespace

bool bypasses_proxy(const url& server, std::string_view list) {
  while (!list.empty()) {
    const auto end = std::min(list.find_first_of(", \t"), list.size());
    if (matches(server, list.substr(0, end))) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

std::string choose_proxy(const url& server, const std::string& configured, const env_lookup& env) {
  if (!configured.empty()) return configured;
  if (is_loopback(server.host)) return {};
  if (bypasses_proxy(server, first_set(env, {"NO_PROXY", "no_proxy"}))) return {};
  if (server.tls()) return first_set(env, {"HTTPS_PROXY", "https_proxy"});
  return first_set(env, {"http_proxy"});
}

}  // namespace batchmill
