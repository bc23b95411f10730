// Characters outside of ASCII that windows of 64 bytes can tell apart without looking them up: the
// letters of most European languages, Arabic, Chinese, Japanese and Korean, and the punctuation
// among them. Whatever is not named here, the plain splitter reads.
//
// All bytes of a character get its class, so that runs of a class are runs of bits.
#pragma once

#include "jobs/tokens/split.hpp"

#if defined(__x86_64__) && defined(__GNUC__)
#define BATCHMILL_HAS_FAST_SPLIT 1

#include <immintrin.h>

#include <cstdint>

#define BATCHMILL_FAST [[gnu::target("avx2,bmi,bmi2")]]
#define BATCHMILL_FAST_INLINE [[gnu::target("avx2,bmi,bmi2"), gnu::always_inline]] inline

namespace batchmill::tokens::fast {

using mask = std::uint64_t;

BATCHMILL_FAST_INLINE mask bits(__m256i bytes, int shift) {
  return mask{static_cast<std::uint32_t>(_mm256_movemask_epi8(bytes))} << shift;
}

BATCHMILL_FAST_INLINE __m256i equal(__m256i bytes, int c) {
  return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(static_cast<char>(c)));
}

BATCHMILL_FAST_INLINE __m256i between(__m256i bytes, int least, int most) {
  const __m256i clamped =
      _mm256_min_epu8(_mm256_max_epu8(bytes, _mm256_set1_epi8(static_cast<char>(least))),
                      _mm256_set1_epi8(static_cast<char>(most)));
  return _mm256_cmpeq_epi8(clamped, bytes);
}

BATCHMILL_FAST_INLINE __m256i either(__m256i a, __m256i b) {
  return _mm256_or_si256(a, b);
}
template <class... More>
BATCHMILL_FAST_INLINE __m256i either(__m256i a, __m256i b, More... more) {
  return either(either(a, b), more...);
}

BATCHMILL_FAST_INLINE __m256i both(__m256i a, __m256i b) {
  return _mm256_and_si256(a, b);
}

BATCHMILL_FAST_INLINE __m256i bytes_at(const byte* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}

/// Where characters of these classes begin.
struct wide_classes {
  mask upper = 0;  // of two bytes
  mask lower = 0;
  mask letter = 0;
  mask mark = 0;         // punctuation and symbols
  mask long_letter = 0;  // of three bytes
  mask long_mark = 0;
};

/// May the character at `p` be in one of the classes? Its second byte may be read.
BATCHMILL_FAST_INLINE bool may_be_known(const byte* p) {
  constexpr std::uint64_t two = 1U << 2 | 1U << 3 | 1U << 16 | 1U << 17 | 1U << 24 | 1U << 25;
  constexpr std::uint64_t three = std::uint64_t{0xBFFC} << 32;
  if (*p < 0xC0 || !((two | three) >> (*p & 63) & 1)) return false;
  if (*p == 0xE2) return p[1] == 0x80;
  return *p != 0xEF || p[1] == 0xBC;
}

/// U+00A1 to U+00FF but for a few, Cyrillic to U+045F, Arabic to U+064A.
BATCHMILL_FAST_INLINE void classify_two(__m256i first, __m256i second, int shift, wide_classes& c) {
  const __m256i latin = equal(first, 0xC3);
  const __m256i cyrillic = equal(first, 0xD0);
  const __m256i symbol =
      either(between(second, 0xA1, 0xA9), between(second, 0xAB, 0xB1), equal(second, 0xBB));
  const __m256i times = both(latin, either(equal(second, 0x97), equal(second, 0xB7)));  // and ÷
  const __m256i upper =
      either(both(latin, between(second, 0x80, 0x9E)), both(cyrillic, between(second, 0x80, 0xAF)));
  const __m256i lower =
      either(both(latin, between(second, 0x9F, 0xBF)), both(cyrillic, between(second, 0xB0, 0xBF)),
             both(equal(first, 0xD1), between(second, 0x80, 0x9F)));
  const __m256i arabic = either(both(equal(first, 0xD8), between(second, 0xA0, 0xBF)),
                                both(equal(first, 0xD9), between(second, 0x80, 0x8A)));
  c.upper |= bits(_mm256_andnot_si256(times, upper), shift);
  c.lower |= bits(_mm256_andnot_si256(times, lower), shift);
  c.letter |= bits(arabic, shift);
  c.mark |= bits(either(times, both(equal(first, 0xC2), symbol)), shift);
}

/// U+4E00 to U+9FFF, U+AC00 to U+D77F, most kana, and punctuation of three blocks.
BATCHMILL_FAST_INLINE void classify_three(__m256i first, __m256i second, __m256i third, int shift,
                                          wide_classes& c) {
  // Of E4 to ED the second bytes with which characters are letters, from and to.
  const __m256i least =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 0, 0, 0, '\xB8', '\x80', '\x80', '\x80', '\x80',
                                                '\x80', '\xB0', '\x80', '\x80', '\x80', 0, 0));
  const __m256i most =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 0, 0, 0, '\xBF', '\xBF', '\xBF', '\xBF', '\xBF',
                                                '\xBF', '\xBF', '\xBF', '\xBF', '\x9D', 0, 0));
  const __m256i column = both(first, _mm256_set1_epi8(0x0F));
  const __m256i clamped =
      _mm256_min_epu8(_mm256_max_epu8(second, _mm256_shuffle_epi8(least, column)),
                      _mm256_shuffle_epi8(most, column));
  const __m256i in_column = between(first, 0xE4, 0xED);
  const __m256i continues = between(third, 0x80, 0xBF);
  const __m256i kana = equal(first, 0xE3);
  const __m256i dot = both(equal(second, 0x83), equal(third, 0xBB));
  const __m256i kana_letter = either(
      both(equal(second, 0x81), between(third, 0x81, 0xBF)),
      both(equal(second, 0x82), either(between(third, 0x80, 0x96), between(third, 0xA1, 0xBF))),
      _mm256_andnot_si256(dot, both(equal(second, 0x83), continues)));
  const __m256i letter =
      either(both(both(in_column, continues), _mm256_cmpeq_epi8(clamped, second)),
             both(kana, kana_letter));
  const __m256i han_mark =
      both(equal(second, 0x80), either(between(third, 0x81, 0x83), between(third, 0x88, 0xA0)));
  const __m256i full_mark =
      both(equal(second, 0xBC), either(between(third, 0x81, 0x8F), between(third, 0x9A, 0xA0)));
  const __m256i general_mark = both(equal(second, 0x80), between(third, 0x90, 0xA7));
  c.long_letter |= bits(letter, shift);
  c.long_mark |= bits(either(both(kana, either(han_mark, dot)), both(equal(first, 0xEF), full_mark),
                             both(equal(first, 0xE2), general_mark)),
                      shift);
}

/// All bytes of the characters of two bytes that begin here; the last may not fit.
BATCHMILL_FAST_INLINE mask all_two(mask begins) {
  begins &= ~mask{0} >> 1;
  return begins | begins << 1;
}
BATCHMILL_FAST_INLINE mask all_three(mask begins) {
  begins &= ~mask{0} >> 2;
  return begins | begins << 1 | begins << 2;
}

/// Of 64 bytes at `p`, behind which two more may be read.
BATCHMILL_FAST_INLINE wide_classes classify_wide(const byte* p) {
  const __m256i left = bytes_at(p);
  const __m256i right = bytes_at(p + 32);
  const auto any = [](__m256i found) __attribute__((target("avx2,bmi,bmi2"), always_inline)) {
    return _mm256_movemask_epi8(found) != 0;
  };
  wide_classes c;
  if (any(either(between(left, 0xC2, 0xDF), between(right, 0xC2, 0xDF)))) {
    classify_two(left, bytes_at(p + 1), 0, c);
    classify_two(right, bytes_at(p + 33), 32, c);
  }
  if (any(either(between(left, 0xE0, 0xEF), between(right, 0xE0, 0xEF)))) {
    classify_three(left, bytes_at(p + 1), bytes_at(p + 2), 0, c);
    classify_three(right, bytes_at(p + 33), bytes_at(p + 34), 32, c);
  }
  return c;
}

}  // namespace batchmill::tokens::fast

#endif
