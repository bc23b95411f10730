// Which proxy holds for a server.
#pragma once

#include <string>
#include <string_view>

#include "runner/net/environment.hpp"
#include "runner/net/url.hpp"

namespace batchmill {

/// `configured` (api.proxy) if given. Else HTTPS_PROXY or https_proxy for https and http_proxy for
/// http, unless NO_PROXY names the server or it is on this machine. Empty: no proxy.
/// HTTP_PROXY in capitals is not looked at: a web server puts a request's Proxy field there.
std::string choose_proxy(const url& server, const std::string& configured, const env_lookup& env);

/// Does a NO_PROXY list name the server? Entries: "*", a host or address, a domain with or without
/// leading dot (it holds for all below it), each with an optional port.
bool bypasses_proxy(const url& server, std::string_view list);

}  // namespace batchmill
