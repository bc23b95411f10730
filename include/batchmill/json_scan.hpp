// Byte scanners under json_text.hpp: 16 bytes at a time where SSE2 exists, one at a time elsewhere.
// Not for use by itself; include batchmill/json_text.hpp.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace batchmill::json::detail {

inline bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}
inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// May stand in a string as it is, without a closer look? Neither quote, backslash, control
/// character nor part of a multibyte sequence.
inline bool is_plain(char c) {
  const auto b = static_cast<unsigned char>(c);
  return b >= 0x20 && b < 0x80 && c != '"' && c != '\\';
}

/// What a backslash and this letter mean; 0 when that is no such escape.
inline char meaning_of_escape(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

/// Length of the well-formed UTF-8 sequence of two or three bytes at `p`, of which four may be
/// read; 0 when it is ill-formed or of another length. Faster than utf8_length.
inline std::size_t short_utf8_length(const char* p) {
  if constexpr (std::endian::native != std::endian::little) return 0;
  std::uint32_t four;
  std::memcpy(&four, p, sizeof four);
  if ((four & 0xC0C0F0) == 0x8080E0) {
    const std::uint32_t high = four & 0x200F;  // none: overlong; the bits of ED A0: a surrogate
    return high == 0 || high == 0x200D ? 0 : 3;
  }
  return (four & 0xC0E0) == 0x80C0 && (four & 0x1E) != 0 ? 2 : 0;
}

/// Length of the well-formed UTF-8 sequence at `p`, which is before `end`; 0 when ill-formed.
inline std::size_t utf8_length(const char* p, const char* end) {
  const auto byte = [&](int i) { return static_cast<unsigned char>(p[i]); };
  const auto tail = [&](int i) { return (byte(i) & 0xC0) == 0x80; };
  const auto left = end - p;
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead < 0xE0) return left >= 2 && tail(1) ? 2 : 0;
  if (lead < 0xF0) {
    if (left < 3 || !tail(1) || !tail(2)) return 0;
    const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = lead == 0xED && byte(1) > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  if (left < 4 || !tail(1) || !tail(2) || !tail(3)) return 0;
  const bool overlong = lead == 0xF0 && byte(1) < 0x90;
  const bool too_large = lead == 0xF4 && byte(1) > 0x8F;
  return overlong || too_large ? 0 : 4;
}

/// Each function returns the first place in [p, end) that it looks for, or `end`.
struct scalar_scan {
  /// The first byte that is not plain. With Copy the bytes before it go to `out`.
  template <bool Copy>
  static const char* plain(const char* p, const char* end, [[maybe_unused]] char* out) {
    for (; p != end && is_plain(*p); ++p) {
      if constexpr (Copy) *out++ = *p;
    }
    return p;
  }

  static const char* after_space(const char* p, const char* end) {
    while (p != end && is_space(*p)) ++p;
    return p;
  }

  static const char* quote_or_backslash(const char* p, const char* end) {
    while (p != end && *p != '"' && *p != '\\') ++p;
    return p;
  }

  /// The bytes before it go to `out`.
  static const char* copy_to_quote_or_backslash(const char* p, const char* end, char* out) {
    for (; p != end && *p != '"' && *p != '\\'; ++p) *out++ = *p;
    return p;
  }

  /// Behind the quote that ends the string in which `p` is; a backslash takes the byte behind it.
  static const char* string_end(const char* p, const char* end) {
    for (; p != end; ++p) {
      if (*p == '"') return p + 1;
      if (*p == '\\' && ++p == end) break;
    }
    return end;
  }

  static const char* quote_or_bracket(const char* p, const char* end) {
    // ASCII keeps [ ] and { } apart by one bit.
    while (p != end && *p != '"' && (*p | 0x20) != '{' && (*p | 0x20) != '}') ++p;
    return p;
  }
};

#ifdef __SSE2__
struct sse2_scan {
  /// With Copy, up to 16 bytes behind `out` are overwritten; `out` has room for all of [p, end).
  template <bool Copy>
  static const char* plain(const char* p, const char* end, char* out) {
    for (; end - p >= 16; p += 16) {
      const __m128i v = load(p);
      if constexpr (Copy) _mm_storeu_si128(reinterpret_cast<__m128i*>(out), v);
      const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v);
      const __m128i stop = _mm_or_si128(control, _mm_or_si128(is(v, '"'), is(v, '\\')));
      const unsigned found = mask(_mm_or_si128(stop, v));  // the sign bit marks bytes over 0x7F
      if (found) return p + std::countr_zero(found);
      if constexpr (Copy) out += 16;
    }
    return scalar_scan::plain<Copy>(p, end, out);
  }

  static const char* after_space(const char* p, const char* end) {
    for (; end - p >= 16; p += 16) {
      const __m128i v = load(p);
      const __m128i line = _mm_or_si128(is(v, '\n'), is(v, '\r'));
      const __m128i blank = _mm_or_si128(is(v, ' '), is(v, '\t'));
      const unsigned other = mask(_mm_or_si128(line, blank)) ^ 0xFFFFU;
      if (other) return p + std::countr_zero(other);
    }
    return scalar_scan::after_space(p, end);
  }

  static const char* quote_or_backslash(const char* p, const char* end) {
    for (; end - p >= 16; p += 16) {
      const __m128i v = load(p);
      const unsigned found = mask(_mm_or_si128(is(v, '"'), is(v, '\\')));
      if (found) return p + std::countr_zero(found);
    }
    return scalar_scan::quote_or_backslash(p, end);
  }

  /// Up to 16 bytes behind `out` are overwritten; it has room for all of [p, end).
  static const char* copy_to_quote_or_backslash(const char* p, const char* end, char* out) {
    for (; end - p >= 16; p += 16, out += 16) {
      const __m128i v = load(p);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out), v);
      const unsigned found = mask(_mm_or_si128(is(v, '"'), is(v, '\\')));
      if (found) return p + std::countr_zero(found);
    }
    return scalar_scan::copy_to_quote_or_backslash(p, end, out);
  }

  static const char* string_end(const char* p, const char* end) {
    for (; end - p >= 16; p += 16) {
      const __m128i v = load(p);
      const unsigned quotes = mask(is(v, '"'));
      unsigned left = quotes | mask(is(v, '\\'));
      bool takes_next = false;
      while (left) {
        const int at = std::countr_zero(left);
        if (quotes >> at & 1) return p + at + 1;
        left &= ~(3U << at);
        takes_next = at == 15;
      }
      if (takes_next && end - ++p < 16) return end;
    }
    return scalar_scan::string_end(p, end);
  }

  static const char* quote_or_bracket(const char* p, const char* end) {
    for (; end - p >= 16; p += 16) {
      const __m128i v = load(p);
      const __m128i folded = _mm_or_si128(v, _mm_set1_epi8(0x20));
      const __m128i bracket = _mm_or_si128(is(folded, '{'), is(folded, '}'));
      const unsigned found = mask(_mm_or_si128(bracket, is(v, '"')));
      if (found) return p + std::countr_zero(found);
    }
    return scalar_scan::quote_or_bracket(p, end);
  }

 private:
  static __m128i load(const char* p) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  }
  static __m128i is(__m128i v, char c) { return _mm_cmpeq_epi8(v, _mm_set1_epi8(c)); }
  static unsigned mask(__m128i v) { return static_cast<unsigned>(_mm_movemask_epi8(v)); }
};
using best_scan = sse2_scan;
#else
using best_scan = scalar_scan;
#endif

}  // namespace batchmill::json::detail
