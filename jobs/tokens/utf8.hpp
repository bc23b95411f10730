// Reading UTF-8 character by character, and mending what is none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "jobs/tokens/unicode_classes.hpp"

namespace batchmill::tokens {

using byte = unsigned char;

inline const byte* bytes_of(std::string_view text) {
  return reinterpret_cast<const byte*>(text.data());
}

struct character {
  character_class kind;
  std::uint8_t length;
};

/// How many bytes a character has that begins with this one.
inline std::uint32_t length_of(byte first) {
  return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/// Of a complete and valid character.
inline std::uint32_t code_point(const byte* p) {
  const auto low = [](byte b) { return std::uint32_t{b} & 0x3F; };
  switch (length_of(*p)) {
    case 1:
      return *p;
    case 2:
      return (std::uint32_t{*p} & 0x1F) << 6 | low(p[1]);
    case 3:
      return (std::uint32_t{*p} & 0x0F) << 12 | low(p[1]) << 6 | low(p[2]);
    default:
      return (std::uint32_t{*p} & 0x07) << 18 | low(p[1]) << 12 | low(p[2]) << 6 | low(p[3]);
  }
}

character wide_character_at(const byte* p, const byte* end);

/// `p` is before `end`. A byte that begins no valid character is broken, alone.
inline character character_at(const byte* p, const byte* end) {
  if (*p < 0x80) return {static_cast<character_class>(unicode_class[*p]), 1};
  return wide_character_at(p, end);
}

/// The text with U+FFFD for whatever is no UTF-8: one for each longest beginning of a character, as
/// Python and the web's decoders do it.
std::string mended_utf8(std::string_view text);

}  // namespace batchmill::tokens
