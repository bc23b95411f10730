// Texts of the spec and what they must look like.
#include "runner/spec/texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "runner/spec/scalars.hpp"
#include "runner/spec/secrets.hpp"
#include "runner/spec/values.hpp"

namespace batchmill::spec {

namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view digits = "0123456789";

bool is_made_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

void check_endpoint(const node& value, const key& k) {
  const std::string_view text = value.text;
  if (text.find("://") != std::string_view::npos)
    fail(value.at, fmt::format("`{}` is a path, but this is a URL; put the server into "
                               "`api.base_url` and write the path here, such as {}",
                               k.path, k.example));
  if (!text.starts_with('/'))
    fail(value.at, fmt::format("`{}` must begin with a slash; write `{}: /{}`", k.path, k.name(),
                               describe(value)));
  if (text.find(' ') != std::string_view::npos)
    fail(value.at,
         fmt::format("`{}` must not contain spaces; write for example {}", k.path, k.example));
}

/// Never repeats the URL: what does not belong into it may be a secret.
void check_url(const node& value, const key& k) {
  const std::string_view text = value.text;
  const auto refuse = [&](std::string_view what) {
    fail(value.at, fmt::format("`{}` {}", k.path, what));
  };
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos ||
      (!text.starts_with("http:") && !text.starts_with("https:")))
    refuse(fmt::format("must begin with https:// or http://; write for example {}", k.example));
  const auto rest = text.substr(scheme + 3);
  const auto host = rest.substr(0, rest.find_first_of("/?#"));
  if (host.find('@') != std::string_view::npos)
    refuse(
        "holds a user or password, but a spec is shared and committed; remove what stands "
        "before the @");
  if (host.empty() || host.starts_with(':'))
    refuse(fmt::format("names no host; write for example {}", k.example));
  if (rest.find_first_of("?#") != std::string_view::npos)
    refuse("must not have a query or fragment; end it before the `?` or `#`");
  if (rest.find(' ') != std::string_view::npos) refuse("must not contain spaces; remove them");
}

/// Does not repeat the text either: it may be the key instead of its variable's name.
void check_variable(const node& value, const key& k) {
  const auto allowed = std::string(letters).append(digits).append("_");
  const std::string_view text = value.text;
  if (!is_made_of(text, allowed) || is_made_of(text.substr(0, 1), digits))
    fail(value.at, fmt::format("`{}` must be the name of an environment variable, made of letters, "
                               "digits and _; write for example `{}: {}`",
                               k.path, k.name(), k.example));
}

void check_rule(const node& value, const key& k) {
  switch (k.rule) {
    case text_rule::any:
      return;
    case text_rule::file_name:
      if (value.text.find('/') != std::string::npos)
        fail(value.at,
             fmt::format("`{}` becomes part of a file name; write it without `/`", k.path));
      return;
    case text_rule::endpoint:
      return check_endpoint(value, k);
    case text_rule::url:
      return check_url(value, k);
    case text_rule::variable:
      return check_variable(value, k);
  }
}

bool is_token(std::string_view name) {
  const auto allowed = std::string(letters).append(digits).append("!#$%&'*+-.^_`|~");
  return !name.empty() && is_made_of(name, allowed);
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

std::string read_header_value(const node& name, const node& value) {
  if (value.kind != node_kind::scalar)
    fail(value.at, fmt::format("the header `{}` must be text, not {}; write one value", name.text,
                               describe(value)));
  if (kind_of(value) != scalar_kind::text && value.at.mark.line != 0)
    fail(value.at, fmt::format("the header `{}` must be text, not {}; put it in quotes", name.text,
                               describe(value)));
  if (std::ranges::any_of(value.text, is_control))
    fail(value.at, fmt::format("the header `{}` contains a line break or control character; "
                               "write it in one line",
                               name.text));
  return value.text;
}

}  // namespace

std::string read_text(const node& value, const key& k) {
  if (value.kind != node_kind::scalar) fail_value(value, k);
  // A shell cannot be expected to quote twice: `--set name=2026` is text.
  if (kind_of(value) != scalar_kind::text && value.at.mark.line != 0)
    fail(value.at,
         fmt::format("`{}` must be text, not {}; put it in quotes", k.path, describe(value)));
  if (value.text.empty())
    fail(value.at, fmt::format("`{}` must not be empty; give a value or remove the key", k.path));
  if (std::ranges::any_of(value.text, is_control))
    fail(value.at, fmt::format("`{}` contains a line break or control character; write it in one "
                               "line",
                               k.path));
  check_rule(value, k);
  return value.text;
}

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
