// The contents of JSON strings, still escaped and without their quotes: the form in which text goes
// from a row into a body.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace batchmill::jobs {

/// UTF-8 text, escaped.
std::string escaped(std::string_view text);

/// Escaped text without the blanks and line ends around it.
std::string_view trimmed(std::string_view raw);

struct found_placeholder {
  std::string_view before;
  std::string expression;  // what stands between {{ and }}, unescaped
  std::string_view after;
};

/// The first {{ ... }} in escaped text. Throws usage_error that begins with `where` when its end is
/// missing.
std::optional<found_placeholder> first_placeholder(std::string_view raw, const std::string& where);

}  // namespace batchmill::jobs
