#include "jobs/tokens/utf8.hpp"

#include <cstddef>

namespace batchmill::tokens {

namespace {

bool continues(byte b) {
  return (b & 0xC0) == 0x80;
}

/// May `second` follow `first`? Rules out overlong forms, surrogates and what is past U+10FFFF.
bool may_follow(byte first, byte second) {
  if (!continues(second)) return false;
  if (first == 0xE0) return second >= 0xA0;
  if (first == 0xED) return second < 0xA0;
  if (first == 0xF0) return second >= 0x90;
  return first != 0xF4 || second < 0x90;
}

/// How many of the bytes at `p` are the beginning of one character; at least 1.
std::uint32_t beginning_of_character(const byte* p, const byte* end) {
  const std::uint32_t wanted = *p < 0xC2 || *p > 0xF4 ? 1 : length_of(*p);
  if (wanted == 1 || end - p < 2 || !may_follow(*p, p[1])) return 1;
  std::uint32_t have = 2;
  while (have < wanted && p + have < end && continues(p[have])) ++have;
  return have;
}

}  // namespace

character wide_character_at(const byte* p, const byte* end) {
  constexpr character broken{character_class::broken, 1};
  const byte first = *p;
  const std::ptrdiff_t left = end - p;
  if (first < 0xE0) {
    if (first < 0xC2 || left < 2 || !continues(p[1])) return broken;
    return {class_of(code_point(p)), 2};
  }
  if (first < 0xF0) {
    if (left < 3 || !continues(p[1]) || !continues(p[2])) return broken;
    const std::uint32_t point = code_point(p);
    const character_class kind = class_of(point);  // broken for surrogates
    if (point < 0x800 || kind == character_class::broken) return broken;
    return {kind, 3};
  }
  if (first > 0xF4 || left < 4 || !continues(p[1]) || !continues(p[2]) || !continues(p[3])) {
    return broken;
  }
  const std::uint32_t point = code_point(p);
  if (point < 0x10000 || point > 0x10FFFF) return broken;
  return {class_of(point), 4};
}

std::string mended_utf8(std::string_view text) {
  std::string mended;
  mended.reserve(text.size() + 16);
  const byte* const end = bytes_of(text) + text.size();
  for (const byte* p = bytes_of(text); p < end;) {
    const character c = character_at(p, end);
    if (c.kind != character_class::broken) {
      mended.append(reinterpret_cast<const char*>(p), c.length);
      p += c.length;
    } else {
      mended += "\xEF\xBF\xBD";
      p += beginning_of_character(p, end);
    }
  }
  return mended;
}

}  // namespace batchmill::tokens
