// Characters in UTF-8: where they end, how wide they are, whether they are safe to print.
#include "runner/progress/utf8.hpp"

#include <array>

namespace batchmill {

namespace {

bool between(char32_t c, char32_t low, char32_t high) {
  return low <= c && c <= high;
}

bool is_wide(char32_t c) {
  return between(c, 0x1100, 0x115f) || between(c, 0x2e80, 0xa4cf) || between(c, 0xac00, 0xd7a3) ||
         between(c, 0xf900, 0xfaff) || between(c, 0xfe30, 0xfe6f) || between(c, 0xff00, 0xff60) ||
         between(c, 0xffe0, 0xffe6) || between(c, 0x1f300, 0x1faff) || between(c, 0x20000, 0x3fffd);
}

bool is_combining(char32_t c) {
  return between(c, 0x300, 0x36f) || between(c, 0x1ab0, 0x1aff) || between(c, 0x1dc0, 0x1dff) ||
         between(c, 0x20d0, 0x20ff) || between(c, 0xfe00, 0xfe0f) || between(c, 0xfe20, 0xfe2f);
}

}  // namespace

character first_character(std::string_view text) {
  if (text.empty()) return {};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {1, byte(0)};
  const std::size_t length = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : byte(0) >= 0xc2 ? 2 : 0;
  if (length == 0 || text.size() < length || byte(0) > 0xf4) return {};
  char32_t value = byte(0) & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0u) != 0x80u) return {};
    value = value << 6 | (byte(i) & 0x3fu);
  }
  static constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  if (value < least[length] || value > 0x10ffff || between(value, 0xd800, 0xdfff)) return {};
  return {length, value};
}

std::size_t columns_of(char32_t c) {
  if (is_combining(c)) return 0;
  return is_wide(c) ? 2 : 1;
}

bool is_harmful(char32_t c) {
  return c < 0x20 || between(c, 0x7f, 0x9f) ||        // C0, DEL, C1
         c == 0x61c || between(c, 0x200b, 0x200f) ||  // marks without width
         between(c, 0x2028, 0x202e) ||                // separators, direction overrides
         between(c, 0x2060, 0x206f) || c == 0xfeff;   // isolates, byte order mark
}

}  // namespace batchmill
