// HTTP messages as plain values. No Beast here: only runner/net knows the wire.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

constexpr std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace detail

/// A file, or a piece of one, that goes into a body while it is sent. It is never in memory as a
/// whole, so that a request may carry hundreds of megabytes.
struct upload {
  upload() = default;
  upload(std::size_t a, std::string p, std::uint64_t s)
      : at(a), path(std::move(p)), size(s), file_size(s) {}

  /// The `length` bytes from `from` on of a file that has `whole`.
  static upload piece(std::size_t at, std::string path, std::uint64_t from, std::uint64_t length,
                      std::uint64_t whole) {
    upload part(at, std::move(path), length);
    part.offset = from;
    part.file_size = whole;
    return part;
  }

  std::size_t at = 0;           // its place in the body; those before it do not count
  std::string path;             // as the system opens it
  std::uint64_t size = 0;       // bytes of it that go out
  std::uint64_t offset = 0;     // the first of them
  std::uint64_t file_size = 0;  // bytes the file had when the request was made; another one by now
                                // is not sent
};

/// One request without its connection-wide parts: the transport adds host, key and fixed headers.
struct http_request {
  http_request() = default;
  http_request(std::string m, std::string t, std::string b)
      : method(std::move(m)), target(std::move(t)), body(std::move(b)) {}

  std::string method = "POST";
  std::string target;        // path below the base URL's origin, e.g. "/v1/chat/completions"
  std::string content_type;  // empty: application/json
  std::string headers;       // further header lines, each ended by CRLF; usually empty
  std::string body;
  std::vector<upload> uploads;  // in the order of their places; they stand between the body's text
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
