// What stands between {{ and }} in a template: a path into the row and what to do with its value.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace batchmill::jobs {

/// {{ a.b[0] | trim | default("none") }}; a literal such as {{ "{{" }} has no path.
struct placeholder {
  /// How does the value appear in the body?
  enum class form {
    text,      // within its string: strings as they are, numbers and booleans as their text
    json,      // within its string: the JSON text of the value
    value,     // instead of its string: the value itself
    data_url,  // within its string: the image file that the value names, as a data: URL
  };
  using step = std::variant<std::string, std::size_t>;  // a member's key or an element's index

  placeholder() = default;

  std::vector<step> path;
  std::string name;  // the path as it is written
  form as = form::text;
  bool trim = false;
  std::optional<std::string> fallback;  // for a missing or null value; the text of a literal
};

/// Parses the expression. Throws usage_error: one sentence that begins with `where`.
placeholder parse_placeholder(std::string_view expression, const std::string& where);

}  // namespace batchmill::jobs
