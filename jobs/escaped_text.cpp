#include "jobs/escaped_text.hpp"

#include <algorithm>

#include "batchmill/error.hpp"
#include "batchmill/json_text.hpp"

namespace batchmill::jobs {

namespace {

constexpr std::string_view opening = "{{";
constexpr std::string_view closing = "}}";

/// Length of the character at the start of escaped text: 1, 2 for \n, 6 for \u000a.
std::size_t escaped_length(std::string_view text) {
  if (text.front() != '\\') return 1;
  return std::min<std::size_t>(text.size(), text.substr(1, 1) == "u" ? 6 : 2);
}

/// Where the closing braces stand; npos when they are missing. Braces within quotes are text.
std::size_t find_closing(std::string_view raw) {
  char quote = '\0';
  for (std::size_t i = 0; i < raw.size(); i += escaped_length(raw.substr(i))) {
    if (quote == '\0' && raw.substr(i).starts_with(closing)) return i;
    const char c = raw.substr(i).starts_with("\\\"") ? '"' : raw[i];
    if (c != '"' && c != '\'') continue;
    if (quote == '\0') {
      quote = c;
    } else if (quote == c) {
      quote = '\0';
    }
  }
  return std::string_view::npos;
}

bool is_blank(std::string_view character) {
  return character == " " || character == "\\n" || character == "\\r" || character == "\\t" ||
         character == "\\f";
}

}  // namespace

std::string escaped(std::string_view text) {
  const std::string quoted = json::quote(text);
  return quoted.substr(1, quoted.size() - 2);
}

std::string_view trimmed(std::string_view raw) {
  std::size_t first = raw.size();
  std::size_t last = raw.size();
  for (std::size_t i = 0; i < raw.size();) {
    const std::size_t length = escaped_length(raw.substr(i));
    if (!is_blank(raw.substr(i, length))) {
      first = std::min(first, i);
      last = i + length;
    }
    i += length;
  }
  return raw.substr(first, last - first);
}

std::optional<found_placeholder> first_placeholder(std::string_view raw, const std::string& where) {
  const std::size_t at = raw.find(opening);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = raw.substr(at + opening.size());
  const std::size_t end = find_closing(rest);
  if (end == std::string_view::npos) {
    throw usage_error(where + ": '{{' without its '}}'; to write literal braces use {{ \"{{\" }}");
  }
  const std::string expression = "\"" + std::string(rest.substr(0, end)) + "\"";
  return found_placeholder{raw.substr(0, at), json::unquote(expression).value_or(""),
                           rest.substr(end + closing.size())};
}

}  // namespace batchmill::jobs
