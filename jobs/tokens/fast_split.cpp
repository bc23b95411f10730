// 64 bytes at a time, from the beginning of a piece: of each class of characters there is a word
// with one bit a byte, and a few operations on those words say where pieces begin. What depends on
// more than these bytes is left to the plain splitter, one piece at a time: that goes for every
// character outside of ASCII.
//
// A bit shifted left stands for the byte after; a bit shifted right, for the byte before. Adding to
// a run of bits the bit of its first byte carries over to the byte behind it.
#include "jobs/tokens/fast_split.hpp"

#include <bit>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define BATCHMILL_FAST [[gnu::target("avx2,bmi,bmi2,lzcnt")]]
#define BATCHMILL_FAST_INLINE [[gnu::target("avx2,bmi,bmi2,lzcnt"), gnu::always_inline]] inline

namespace batchmill::tokens {

namespace {

using mask = std::uint64_t;

constexpr std::size_t window = 64;

// So far behind the beginning of a window its pieces are read: the last one's first 14 bytes are
// read as 16.
constexpr std::size_t reach = window + 16;

struct classes {
  mask upper = 0;
  mask lower = 0;
  mask digit = 0;
  mask space = 0;    // U+0020
  mask blank = 0;    // the others that are no newline
  mask newline = 0;  // \r \n
  mask wide = 0;     // not ASCII
  mask apostrophe = 0;
  mask slash = 0;
  mask punctuation = 0;  // what is left, the two above included
};

BATCHMILL_FAST_INLINE mask bits(__m256i bytes, int shift) {
  return mask{static_cast<std::uint32_t>(_mm256_movemask_epi8(bytes))} << shift;
}

BATCHMILL_FAST_INLINE __m256i equal(__m256i bytes, char c) {
  return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(c));
}

BATCHMILL_FAST_INLINE __m256i between(__m256i bytes, char least, char most) {
  const __m256i clamped =
      _mm256_min_epu8(_mm256_max_epu8(bytes, _mm256_set1_epi8(least)), _mm256_set1_epi8(most));
  return _mm256_cmpeq_epi8(clamped, bytes);
}

BATCHMILL_FAST_INLINE void classify_half(const byte* p, int shift, classes& c) {
  const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  const mask newline = bits(_mm256_or_si256(equal(bytes, '\n'), equal(bytes, '\r')), shift);
  c.wide |= bits(bytes, shift);
  c.upper |= bits(between(bytes, 'A', 'Z'), shift);
  c.lower |= bits(between(bytes, 'a', 'z'), shift);
  c.digit |= bits(between(bytes, '0', '9'), shift);
  c.space |= bits(equal(bytes, ' '), shift);
  c.newline |= newline;
  c.blank |= bits(between(bytes, '\t', '\r'), shift) & ~newline;
  c.apostrophe |= bits(equal(bytes, '\''), shift);
  c.slash |= bits(equal(bytes, '/'), shift);
}

BATCHMILL_FAST_INLINE void keep(classes& c, mask kept) {
  c.upper &= kept;
  c.lower &= kept;
  c.digit &= kept;
  c.space &= kept;
  c.blank &= kept;
  c.newline &= kept;
  c.wide &= kept;
  c.apostrophe &= kept;
  c.slash &= kept;
  c.punctuation &= kept;
}

BATCHMILL_FAST_INLINE mask below(unsigned bit) {
  return _bzhi_u64(~mask{0}, bit);
}

/// Up to and with this bit.
BATCHMILL_FAST_INLINE mask through(unsigned bit) {
  return (mask{2} << bit) - 1;
}

BATCHMILL_FAST_INLINE unsigned lowest(mask m) {
  return static_cast<unsigned>(_tzcnt_u64(m));
}
BATCHMILL_FAST_INLINE unsigned highest(mask m) {
  return 63 - static_cast<unsigned>(_lzcnt_u64(m));
}

/// Where the run of `run` that holds `bit` begins; `bit` itself is taken to be in it.
BATCHMILL_FAST_INLINE unsigned run_begin(mask run, unsigned bit) {
  const mask others = ~run & below(bit);
  return others ? highest(others) + 1 : 0;
}

/// What is known of the window, and what the steps below find out.
struct window_view {
  const byte* p;
  std::size_t left;  // bytes of the text from p on
  classes is;
  unsigned limit = window;  // how many bytes are known
  bool at_end = false;      // they are the last ones
  mask valid = 0;           // where it is certain whether a piece begins
};

/// False when a character outside of ASCII is so near that nothing can be said.
BATCHMILL_FAST_INLINE bool look(window_view& v) {
  classify_half(v.p, 0, v.is);
  classify_half(v.p + 32, 32, v.is);
  classes& is = v.is;
  is.punctuation = ~(is.upper | is.lower | is.digit | is.space | is.blank | is.newline | is.wide);
  // Three more bytes are looked at to know a contraction. The last byte may have anything behind.
  constexpr unsigned margin = 3;
  if (v.left < window) keep(is, below(static_cast<unsigned>(v.left)));
  if (is.wide) {
    v.limit = lowest(is.wide);
    if (v.limit <= margin) return false;
    keep(is, below(v.limit));
    v.valid = below(v.limit - margin);
  } else if (v.left < window) {
    v.limit = static_cast<unsigned>(v.left);
    v.at_end = true;
    v.valid = below(v.limit);
  } else {
    v.valid = below(window - margin);
  }
  return true;
}

/// From here on another window will have to say.
BATCHMILL_FAST_INLINE void give_up_behind(window_view& v, unsigned bit) {
  v.valid &= through(bit);
  v.at_end = false;
}

/// [\r\n/]* behind punctuation: a slash behind newlines makes it uncertain where that ends.
BATCHMILL_FAST_INLINE void check_slashes(window_view& v, mask absorbed, mask first_absorbed) {
  const mask slashes = absorbed << 1 & v.is.slash;
  if (!slashes) [[likely]]
    return;
  const mask punctuation = v.is.punctuation;
  const unsigned newline = highest(first_absorbed & below(lowest(slashes)));
  unsigned begin = highest(punctuation & ~(punctuation << 1) & below(newline));
  if (begin > 0 && v.is.space >> (begin - 1) & 1) --begin;
  give_up_behind(v, begin);
}

/// Where pieces begin in white space, `absorbed` newlines apart. A run with newlines is cut behind
/// the last of them; where it is not certain which is the last, the run is left for later.
BATCHMILL_FAST_INLINE mask white_space_begins(window_view& v, mask absorbed) {
  const mask blanks = v.is.space | v.is.blank;
  const mask newlines = v.is.newline & ~absorbed;
  const mask run = blanks | newlines;
  // The last of a run goes with what follows; at the end of the text there is no such thing.
  mask last = blanks & ~((blanks | v.is.newline) >> 1);
  if (v.at_end || v.limit < window) last &= ~(mask{1} << (v.limit - 1));
  const mask behind_newline = blanks & newlines << 1;
  const mask sum = blanks + behind_newline;
  const mask ends = sum & ~blanks;
  const mask followed_by_newline = ends & newlines;
  const bool reaches_limit =
      behind_newline && (v.limit == window ? sum < blanks : (ends >> v.limit & 1) != 0);
  if (followed_by_newline || (reaches_limit && !v.at_end)) [[unlikely]] {
    const unsigned at = followed_by_newline ? lowest(followed_by_newline) : v.limit - 1;
    give_up_behind(v, run_begin(run, at));
  }
  return (run & ~(run << 1)) | last | behind_newline;
}

/// \p{N}{1,3}: the first, fourth, seventh, ... of each run.
BATCHMILL_FAST_INLINE mask number_begins(mask digits) {
  mask begins = 0;
  for (mask at = digits & ~(digits << 1); at;) {
    begins |= at;
    at = at << 1 & digits;
    at = at << 1 & digits;
    at = at << 1 & digits;
  }
  return begins;
}

BATCHMILL_FAST_INLINE std::uint32_t contraction_at(const window_view& v, unsigned bit) {
  return contraction_length(v.p + bit, v.p + std::min<std::size_t>(v.left, bit + 3));
}

/// Is all that a contraction at this bit could consist of known?
BATCHMILL_FAST_INLINE bool knows_contraction(const window_view& v, unsigned bit) {
  return bit <= window - 4 || v.at_end;
}

/// A contraction belongs to the word before it.
BATCHMILL_FAST_INLINE mask with_contractions(const window_view& v, mask letters, mask begins) {
  unsigned end_of_last = window;
  for (mask at = v.is.apostrophe & letters << 1 & letters >> 1; at; at &= at - 1) {
    const unsigned bit = lowest(at);
    if (bit == end_of_last || !knows_contraction(v, bit)) continue;
    const std::uint32_t length = contraction_at(v, bit);
    if (length == 0) continue;
    begins &= ~(below(length) << bit);
    end_of_last = bit + length;
    if (end_of_last < window) begins |= mask{1} << end_of_last;
  }
  return begins;
}

/// A contraction is a piece by itself; `at` are the apostrophes with which a piece begins.
BATCHMILL_FAST_INLINE mask around_contractions(const window_view& v, mask at, bool any_case,
                                               mask begins) {
  for (; at; at &= at - 1) {
    const unsigned bit = lowest(at);
    if (!knows_contraction(v, bit)) continue;
    const std::uint32_t length = contraction_at(v, bit);
    const bool is_lower = (v.p[bit + 1] & 0x20) && (length < 3 || (v.p[bit + 2] & 0x20));
    if (length == 0 || (!any_case && !is_lower)) continue;
    begins &= ~(below(length - 1) << (bit + 1));
    if (bit + length < window) begins |= mask{1} << (bit + length);
  }
  return begins;
}

/// A run of white space that reaches the end of the text is one piece, with its newlines too.
BATCHMILL_FAST_INLINE void join_last_white_space(window_view& v, mask absorbed) {
  const mask run = (v.is.space | v.is.blank | v.is.newline) & ~absorbed;
  const unsigned last = v.limit - 1;
  if (v.at_end && run >> last & 1) v.valid &= through(run_begin(run, last));
}

template <split_pattern P>
BATCHMILL_FAST_INLINE mask begins_of_pieces(window_view& v) {
  const classes& is = v.is;
  const mask letters = is.upper | is.lower;
  const mask white = is.space | is.blank | is.newline;
  if constexpr (P == split_pattern::r50k) {
    mask last = white & ~(white >> 1);
    if (v.at_end || v.limit < window) last &= ~(mask{1} << (v.limit - 1));
    const mask spaced = is.space << 1;
    const mask marks = is.punctuation & ~(is.punctuation << 1) & ~spaced;
    const mask begins = (white & ~(white << 1)) | last | marks |
                        (letters & ~(letters << 1) & ~spaced) |
                        (is.digit & ~(is.digit << 1) & ~spaced);
    return around_contractions(v, is.apostrophe & marks & is.lower >> 1, false, begins);
  }
  const mask first_absorbed = is.newline & is.punctuation << 1;
  const mask absorbed = is.newline & ~(is.newline + first_absorbed);
  if constexpr (P == split_pattern::o200k) check_slashes(v, absorbed, first_absorbed);
  if constexpr (P == split_pattern::cl100k) join_last_white_space(v, absorbed);
  const mask marks = is.punctuation & ~(is.punctuation << 1) & ~(is.space << 1);
  const mask prefixes = marks & ~(is.punctuation >> 1);  // if a letter follows
  mask begins = white_space_begins(v, absorbed) | marks | number_begins(is.digit);
  begins |= letters & (is.digit << 1 | is.newline << 1 | (is.punctuation << 1 & ~(prefixes << 1)));
  if constexpr (P == split_pattern::o200k) {
    begins |= is.lower << 1 & is.upper;
    return with_contractions(v, letters, begins);
  }
  return around_contractions(v, is.apostrophe & prefixes & letters >> 1, true, begins);
}

/// As key_of, but reads 16 bytes.
BATCHMILL_FAST_INLINE piece_key wide_key_of(const byte* p, std::size_t length) {
  alignas(32) static constexpr byte kept[32] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                                0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i mask = _mm_loadu_si128(reinterpret_cast<const __m128i*>(kept + 16 - length));
  const __m128i key = _mm_and_si128(bytes, mask);
  return {static_cast<std::uint64_t>(_mm_cvtsi128_si64(key)),
          static_cast<std::uint64_t>(_mm_extract_epi64(key, 1)) | std::uint64_t{length}
                                                                      << piece_key::length_shift};
}

struct counter {
  piece_cache& cache;
  std::size_t count;

  /// 16 bytes may be read at `p`.
  BATCHMILL_FAST_INLINE void padded_piece(const byte* p, std::size_t length) {
    count += length <= piece_key::longest ? cache.count_short(p, length, wide_key_of(p, length))
                                          : cache.count_long(p, length);
  }
  void piece(const byte* p, std::size_t length) { count += cache.count(p, length); }
};

struct collector {
  std::vector<std::size_t>& ends;
  std::size_t at = 0;

  void padded_piece(const byte* p, std::size_t length) { piece(p, length); }
  void piece(const byte*, std::size_t length) { ends.push_back(at += length); }
};

/// Takes pieces from `p` as long as `most` bytes are left, of which reach may be read. Returns
/// where it has come to; null when a byte is broken.
template <split_pattern P, class Sink>
BATCHMILL_FAST const byte* take_pieces(const byte* p, const byte* end, std::size_t least,
                                       Sink& sink) {
  bool broken = false;
  while (p < end && static_cast<std::size_t>(end - p) >= least) {
    window_view v{.p = p, .left = static_cast<std::size_t>(end - p), .is = {}};
    mask begins = look(v) ? begins_of_pieces<P>(v) & v.valid & ~mask{1} : 0;
    if (begins == 0 && !v.at_end) {
      const byte* const next = piece_end<P>(p, end, broken);
      if (broken) return nullptr;
      sink.piece(p, static_cast<std::size_t>(next - p));
      p = next;
      continue;
    }
    unsigned from = 0;
    for (; begins; begins &= begins - 1) {
      const unsigned to = lowest(begins);
      sink.padded_piece(p + from, to - from);
      from = to;
    }
    if (v.at_end) {
      sink.padded_piece(p + from, v.left - from);
      return end;
    }
    p += from;
  }
  return p;
}

/// The last bytes are copied to where more may be read behind them: a piece depends on nothing
/// before it.
template <split_pattern P, class Sink>
bool take_all(std::string_view text, Sink& sink) {
  const byte* const end = bytes_of(text) + text.size();
  const byte* const p = take_pieces<P>(bytes_of(text), end, reach, sink);
  if (!p) return false;
  byte rest[2 * reach] = {};
  const auto left = static_cast<std::size_t>(end - p);
  if (left == 0) return true;
  std::memcpy(rest, p, left);
  return take_pieces<P>(rest, rest + left, 1, sink) != nullptr;
}

template <class Sink>
bool take_all(split_pattern pattern, std::string_view text, Sink& sink) {
  switch (pattern) {
    case split_pattern::r50k:
      return take_all<split_pattern::r50k>(text, sink);
    case split_pattern::cl100k:
      return take_all<split_pattern::cl100k>(text, sink);
    default:
      return take_all<split_pattern::o200k>(text, sink);
  }
}

}  // namespace

bool can_split_fast() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("lzcnt");
}

bool count_fast(split_pattern pattern, std::string_view text, piece_cache& cache,
                std::size_t& count) {
  counter sink{cache, 0};
  const bool valid = take_all(pattern, text, sink);
  count += sink.count;
  return valid;
}

bool split_fast(split_pattern pattern, std::string_view text, std::vector<std::size_t>& ends) {
  collector sink{ends};
  return take_all(pattern, text, sink);
}

}  // namespace batchmill::tokens

#else

namespace batchmill::tokens {

bool can_split_fast() {
  return false;
}

bool count_fast(split_pattern, std::string_view, piece_cache&, std::size_t&) {
  return false;
}

bool split_fast(split_pattern, std::string_view, std::vector<std::size_t>&) {
  return false;
}

}  // namespace batchmill::tokens

#endif
