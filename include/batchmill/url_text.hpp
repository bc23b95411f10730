// Addresses as text: a base URL taken apart, text made fit for a path or query. Header-only, so
// that jobs/ and runner/ share it.
#pragma once

#include <string>
#include <string_view>

namespace batchmill {

struct base_url_parts {
  std::string_view path;   // without a slash at its end; empty when there is none
  std::string_view query;  // without the question mark
};

inline base_url_parts split_base_url(std::string_view url) {
  url = url.substr(0, url.find('#'));
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  base_url_parts parts;
  const std::size_t mark = url.find('?');
  if (mark != std::string_view::npos) parts.query = url.substr(mark + 1);
  url = url.substr(0, mark);
  const std::size_t slash = url.find('/');
  if (slash != std::string_view::npos) parts.path = url.substr(slash);
  while (parts.path.ends_with('/')) parts.path.remove_suffix(1);
  return parts;
}

/// `target` with one more piece of query; nothing is added for an empty one.
inline std::string join_query(std::string target, std::string_view query) {
  if (query.empty()) return target;
  target += target.find('?') == std::string::npos ? '?' : '&';
  return target.append(query);
}

/// `text` with everything but letters, digits and -._~ in percent-encoding.
inline std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto is_unreserved = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~").find(c) != std::string_view::npos;
  };
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

}  // namespace batchmill
