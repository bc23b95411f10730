// Texts of the spec and what they must look like.
#include "runner/spec/texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "batchmill/duration.hpp"
#include "runner/spec/expectation.hpp"
#include "runner/spec/scalars.hpp"

namespace batchmill::spec {

namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view digits = "0123456789";

bool is_made_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

void check_endpoint(const node& value, const key& k) {
  const std::string_view text = value.text;
  if (text.find("://") != std::string_view::npos)
    fail(value.at, fmt::format("`{}` is a path, but this is a URL; put the server into "
                               "`api.base_url` and write the path here, such as {}",
                               k.path, k.example));
  if (!text.starts_with('/'))
    fail(value.at, fmt::format("`{}` must begin with a slash; write `{}: /{}`", k.path, k.name(),
                               value.text));
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
  if (!text.starts_with("http://") && !text.starts_with("https://"))
    refuse(fmt::format("must begin with https:// or http://; write for example {}", k.example));
  if (k.path == "api.proxy" && text.starts_with("https://"))
    refuse(
        "must begin with http://: proxies are asked in plain HTTP; what is sent through them "
        "to an https server stays encrypted");
  const auto rest = text.substr(text.find("://") + 3);
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

void check_version(const node& value, const key& k) {
  if (is_made_of(value.text, std::string(letters).append(digits).append(".-"))) return;
  fail(value.at, fmt::format("`{}` must be made of letters, digits, dots and dashes; write for "
                             "example `{}: {}`",
                             k.path, k.name(), k.example));
}

/// "08:00"
bool is_time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return false;
  if (!is_made_of(text.substr(0, 2), digits) || !is_made_of(text.substr(3), digits)) return false;
  return text.substr(0, 2) < "24" && text.substr(3) < "60";
}

void check_deadline(const node& value, const key& k) {
  const bool has_unit = value.text.find_first_not_of("0123456789.") != std::string::npos;
  if (is_time_of_day(value.text) || (has_unit && parse_duration(value.text))) return;
  fail(value.at, fmt::format("`{}` must be a time of day such as \"08:00\" or a time from the "
                             "start such as 6h, not {}",
                             k.path, describe(value)));
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
    case text_rule::version:
      return check_version(value, k);
    case text_rule::deadline:
      return check_deadline(value, k);
  }
}

}  // namespace

bool has_control(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string read_text(const node& value, const key& k) {
  if (value.kind != node_kind::scalar) fail_value(value, k);
  // A shell cannot be expected to quote twice: `--set name=2026` is text.
  if (kind_of(value) != scalar_kind::text && value.at.mark.line != 0)
    fail(value.at,
         fmt::format("`{}` must be text, not {}; put it in quotes", k.path, describe(value)));
  if (value.text.empty())
    fail(value.at, fmt::format("`{}` must not be empty; give a value or remove the key", k.path));
  if (has_control(value.text))
    fail(value.at, fmt::format("`{}` contains a line break or control character; write it in one "
                               "line",
                               k.path));
  check_rule(value, k);
  return value.text;
}

}  // namespace batchmill::spec
