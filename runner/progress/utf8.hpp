// Characters in UTF-8: where they end, how wide they are, whether they are safe to print.
#pragma once

#include <cstddef>
#include <string_view>

namespace batchmill {

struct character {
  std::size_t length = 0;  // in bytes; 0: not UTF-8
  char32_t value = 0;
};

/// The character at the front of `text`. Overlong forms and surrogates are not UTF-8.
character first_character(std::string_view text);

/// Columns: 0 for combining marks, 2 for East Asian wide characters and emoji, else 1.
std::size_t columns_of(char32_t c);

/// Could it move the cursor, break the line, or turn or hide the text around it?
bool is_harmful(char32_t c);

}  // namespace batchmill
