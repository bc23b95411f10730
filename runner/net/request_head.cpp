#include "runner/net/request_head.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <charconv>

#include "batchmill/error.hpp"
#include "runner/net/key_guard.hpp"
#include "runner/net/streamed_body.hpp"

namespace batchmill {

using detail::equal_ignoring_case;

namespace {

constexpr std::size_t usual_size = 4096;
constexpr std::string_view agent = "batchmill/" BATCHMILL_VERSION;

bool is_token_character(char c) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         marks.find(c) != std::string_view::npos;
}

bool is_value_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= ' ' && byte != 127);
}

bool is_ours(std::string_view name) {
  for (const std::string_view ours : {"Host", "Connection", "Content-Length", "Content-Type",
                                      "Transfer-Encoding", "Accept-Encoding", "Expect"})
    if (equal_ignoring_case(name, ours)) return true;
  return false;
}

// The value never stands in the message: it may be a key.
void check_field(const std::string& name, const std::string& value) {
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_token_character))
    throw usage_error(fmt::format("api.headers: \"{}\" is not a header name", name));
  if (is_ours(name))
    throw usage_error(
        fmt::format("api.headers: {} is set by batchmill itself; leave it out", name));
  if (!std::all_of(value.begin(), value.end(), is_value_character))
    throw usage_error(fmt::format(
        "api.headers: the value of {} holds a line break or another control character", name));
}

bool names(const transport_options& options, std::string_view field) {
  return std::any_of(options.headers.begin(), options.headers.end(),
                     [&](const auto& h) { return equal_ignoring_case(h.first, field); });
}

std::string percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      result += static_cast<char>(byte);
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::string base64(std::string_view text) {
  std::string result((text.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a NUL
  const auto* from = reinterpret_cast<const unsigned char*>(text.data());
  auto* to = reinterpret_cast<unsigned char*>(result.data());
  const int size = EVP_EncodeBlock(to, from, static_cast<int>(text.size()));
  result.resize(static_cast<std::size_t>(size));
  return result;
}

std::string field_lines(const url& server, const transport_options& options, const url* proxy,
                        answer_coding coding) {
  std::string lines;
  lines.reserve(usual_size);  // text that grows leaves copies behind, and this holds a key
  lines.append(" HTTP/1.1\r\nHost: ").append(server.host_header()).append("\r\n");
  if (proxy) lines += proxy_authorization(*proxy);
  const auto line = [&](std::string_view name, std::string_view value) {
    lines.append(name).append(": ").append(value).append("\r\n");
  };
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty() && !names(options, name)) line(name, value);
  };
  check_field(options.key_header, options.authorization);
  add(options.key_header, options.authorization);
  add("User-Agent", agent);
  add("Accept", coding == answer_coding::gzip ? "application/json" : "*/*");
  add("Accept-Encoding", coding == answer_coding::gzip ? "gzip" : "identity");
  for (const auto& [name, value] : options.headers) {
    check_field(name, value);
    line(name, value);
  }
  return lines;
}

}  // namespace

request_head::request_head(const url& server, const transport_options& options, const url* proxy) {
  if (proxy) origin_ = server.scheme + "://" + server.host_header();
  fixed_ = field_lines(server, options, proxy, answer_coding::gzip);
  plain_ = field_lines(server, options, proxy, answer_coding::identity);
  buffer_.reserve(2 * usual_size);
}

request_head::~request_head() {
  for (std::string* text : {&fixed_, &plain_, &buffer_}) wipe(*text);
}

std::string_view request_head::write(const http_request& request, answer_coding coding) {
  buffer_.clear();
  buffer_.append(request.method).append(1, ' ').append(origin_).append(request.target);
  buffer_.append(coding == answer_coding::gzip ? fixed_ : plain_).append(request.headers);
  const std::uint64_t size = body_size(request);
  if (size > 0 || request.method == "POST" || request.method == "PUT") {
    const std::string_view type = request.content_type;
    buffer_.append("Content-Type: ").append(type.empty() ? "application/json" : type);
    buffer_.append("\r\n");
    buffer_.append("Content-Length: ").append(fmt::format_int(size).c_str());
    buffer_.append("\r\n");
  }
  return buffer_.append("\r\n");
}

std::string proxy_authorization(const url& proxy) {
  if (proxy.userinfo.empty()) return {};
  return "Proxy-Authorization: Basic " + base64(percent_decoded(proxy.userinfo)) + "\r\n";
}

std::string connect_head(const url& server, const url& proxy) {
  return fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\nUser-Agent: {1}\r\n{2}\r\n",
                     server.endpoint(), agent, proxy_authorization(proxy));
}

}  // namespace batchmill
