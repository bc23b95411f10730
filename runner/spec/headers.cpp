// Headers of every request: those of the user, not batchmill's own, and no keys.
#include "runner/spec/headers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "runner/spec/scalars.hpp"
#include "runner/spec/secrets.hpp"
#include "runner/spec/texts.hpp"

namespace batchmill::spec {

namespace {

bool is_token(std::string_view name) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~";
  return !name.empty() && name.find_first_not_of(allowed) == std::string_view::npos;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

void check_header_name(const node& name) {
  constexpr auto own = std::to_array<std::string_view>(
      {"host", "content-length", "content-type", "content-encoding", "connection", "keep-alive",
       "proxy-connection", "transfer-encoding", "te", "trailer", "upgrade", "expect",
       "accept-encoding", "user-agent"});
  if (!is_token(name.text))
    fail(name.at, fmt::format("{} is no header name; use letters, digits and -", describe(name)));
  if (header_is_secret(name.text))
    refuse_secret(name.at, fmt::format("the header `{}` holds the API key itself", name.text));
  if (std::ranges::find(own, lower(name.text)) != own.end())
    fail(name.at, fmt::format("batchmill sets the header `{}` itself; remove it", name.text));
  for (const auto* field : {"organization", "project"})
    if (lower(name.text) == fmt::format("openai-{}", field))
      fail(name.at,
           fmt::format("the header `{}` has a key of its own; use `api.{}`", name.text, field));
}

/// What stands there, unless it may be a credential: messages go into logs.
std::string shown(const node& name, const node& value) {
  return header_is_private(name.text) ? "what stands here" : describe(value);
}

std::string read_header_value(const node& name, const node& value) {
  if (value.kind != node_kind::scalar)
    fail(value.at, fmt::format("the header `{}` must be text, not {}; write one value", name.text,
                               shown(name, value)));
  if (kind_of(value) != scalar_kind::text && value.at.mark.line != 0)
    fail(value.at, fmt::format("the header `{}` must be text, not {}; put it in quotes", name.text,
                               shown(name, value)));
  if (has_control(value.text))
    fail(value.at, fmt::format("the header `{}` contains a line break or control character; "
                               "write it in one line",
                               name.text));
  return value.text;
}

}  // namespace

header_list read_headers(const node& mapping) {
  header_list headers;
  for (std::size_t i = 0; i < mapping.keys.size(); ++i) {
    const auto& name = mapping.keys[i];
    check_header_name(name);
    const auto same = [&](const auto& h) { return lower(h.first) == lower(name.text); };
    if (std::ranges::any_of(headers, same))
      fail(name.at, fmt::format("the header `{}` is given twice; keep one of them", name.text));
    headers.emplace_back(name.text, read_header_value(name, mapping.items[i]));
  }
  return headers;
}

}  // namespace batchmill::spec
