// Where pieces begin within 64 bytes, from the beginning of a piece: of each class of characters
// there is a word with one bit a byte, and a few operations on those words say it. What depends on
// more than these bytes is left to the plain splitter, one piece at a time: that goes for every
// character outside of ASCII that fast_wide.hpp does not name.
//
// A bit shifted left stands for the byte after; a bit shifted right, for the byte before. Adding to
// a run of bits the bit of its first byte carries over to the byte behind it.
#pragma once

#include "jobs/tokens/fast_wide.hpp"

#ifdef BATCHMILL_HAS_FAST_SPLIT

#include <algorithm>
#include <bit>
#include <cstddef>

namespace batchmill::tokens::fast {

constexpr std::size_t window = 64;

struct classes {
  mask upper = 0;
  mask lower = 0;
  mask letter = 0;  // without case
  mask digit = 0;
  mask space = 0;    // U+0020
  mask blank = 0;    // the others that are no newline
  mask newline = 0;  // \r \n
  mask wide = 0;     // not ASCII, and none of the above or below
  mask behind = 0;   // not the first byte of its character
  mask apostrophe = 0;
  mask slash = 0;
  mask punctuation = 0;  // what is left, the two above included
};

BATCHMILL_FAST_INLINE void classify_half(const byte* p, int shift, classes& c) {
  const __m256i bytes = bytes_at(p);
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
  c.letter &= kept;
  c.digit &= kept;
  c.space &= kept;
  c.blank &= kept;
  c.newline &= kept;
  c.wide &= kept;
  c.behind &= kept;
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
  return static_cast<unsigned>(std::bit_width(m)) - 1;
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

/// Gives the characters outside of ASCII that are known their classes.
BATCHMILL_FAST_INLINE void look_at_wide(const byte* p, classes& is) {
  const wide_classes w = classify_wide(p);
  const mask marks = all_two(w.mark) | all_three(w.long_mark);
  const mask two = all_two(w.upper | w.lower | w.letter | w.mark);
  const mask three = all_three(w.long_letter | w.long_mark);
  is.upper |= all_two(w.upper);
  is.lower |= all_two(w.lower);
  is.letter |= all_two(w.letter) | all_three(w.long_letter);
  is.punctuation |= marks;
  is.behind = ((w.upper | w.lower | w.letter | w.mark) << 1 & two) |
              ((w.long_letter | w.long_mark) << 1 & three) |
              ((w.long_letter | w.long_mark) << 2 & three);
  is.wide &= ~(two | three);
}

/// False when a character that is not known is so near that nothing can be said.
BATCHMILL_FAST_INLINE bool look(window_view& v) {
  classify_half(v.p, 0, v.is);
  classify_half(v.p + 32, 32, v.is);
  classes& is = v.is;
  is.punctuation = ~(is.upper | is.lower | is.digit | is.space | is.blank | is.newline | is.wide);
  // Three more bytes are looked at to know a contraction. The last byte may have anything behind.
  constexpr unsigned margin = 3;
  if (is.wide && may_be_known(v.p + lowest(is.wide))) look_at_wide(v.p, is);
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

/// A contraction belongs to the word before it.
BATCHMILL_FAST_INLINE mask with_contractions(const window_view& v, mask letters, mask begins) {
  unsigned end_of_last = window;
  for (mask at = v.is.apostrophe & letters << 1 & letters >> 1; at; at &= at - 1) {
    const unsigned bit = lowest(at);
    if (bit == end_of_last) continue;
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

/// Capitals behind a letter without case begin a word, unless small letters follow.
BATCHMILL_FAST_INLINE void check_capitals(window_view& v, mask letters) {
  const mask uncertain = v.is.letter << 1 & v.is.upper;
  if (uncertain) [[unlikely]]
    give_up_behind(v, run_begin(letters, lowest(uncertain)));
}

template <split_pattern P>
BATCHMILL_FAST_INLINE mask begins_of_pieces(window_view& v) {
  const classes& is = v.is;
  const mask letters = is.upper | is.lower | is.letter;
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
  // A single one belongs to the word, if a letter follows.
  const mask second = ((marks << 1) + is.behind) & ~is.behind;
  mask begins = white_space_begins(v, absorbed) | marks | number_begins(is.digit);
  begins |= letters & (is.digit << 1 | is.newline << 1 | (is.punctuation << 1 & ~second));
  if constexpr (P == split_pattern::o200k) {
    check_capitals(v, letters);
    begins |= is.lower << 1 & is.upper;
    return with_contractions(v, letters, begins);
  }
  return around_contractions(v, is.apostrophe & marks & letters >> 1, true, begins);
}

}  // namespace batchmill::tokens::fast

#endif
