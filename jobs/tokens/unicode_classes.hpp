// What the split patterns want to know of a character.
#pragma once

#include <cstdint>

namespace batchmill::tokens {

/// General categories of Unicode 16.0, as far as the patterns tell them apart.
enum class character_class : std::uint8_t {
  other,   // punctuation, symbols, controls, unassigned
  upper,   // Lu, Lt
  lower,   // Ll
  letter,  // Lm, Lo: neither case, and in both classes of o200k
  mark,    // M
  number,  // N
  space,   // White_Space
  broken,  // not a character: bytes that are no UTF-8
};

extern const std::uint8_t unicode_block[];  // of each 128 code points
extern const std::uint8_t unicode_class[];  // of each code point of a block

/// `point` is below 0x110000. Surrogates are broken.
inline character_class class_of(std::uint32_t point) {
  return static_cast<character_class>(
      unicode_class[std::uint32_t{unicode_block[point >> 7]} << 7 | (point & 127)]);
}

}  // namespace batchmill::tokens
