// HTTP messages as plain values. No Beast here: only runner/net knows the wire.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace batchmill {

namespace detail {

// By hand: the C library's tolower depends on the locale, and field names are ASCII.
constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

constexpr std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace detail

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
  std::string_view header(std::string_view name) const {
    std::string_view rest = head;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find("\r\n"));
      if (line.size() > name.size() && line[name.size()] == ':' &&
          detail::equal_ignoring_case(line.substr(0, name.size()), name))
        return detail::trimmed(line.substr(name.size() + 1));
      rest.remove_prefix(line.size() < rest.size() ? line.size() + 2 : rest.size());
    }
    return {};
  }

  int status = 0;
  std::string head;  // field lines "Name: value\r\n", without the status line
  std::string body;  // decoded: neither chunked nor compressed any more
};

}  // namespace batchmill
