// Where a text is cut before its pieces are encoded: the regular expressions of the encodings,
// written out by hand. This is the plain version, which the fast one must agree with.
#pragma once

#include "jobs/tokens/utf8.hpp"

namespace batchmill::tokens {

/// Whose expression cuts the text?
enum class split_pattern {
  r50k,    // gpt2, r50k_base, p50k_base, p50k_edit
  cl100k,  // cl100k_base
  o200k,   // o200k_base, o200k_harmony
};

/// The end of the piece that begins at `p`, which is before `end`. Depends on nothing before `p`.
/// Sets `broken` when bytes that are no UTF-8 were seen; the answer is then worth nothing.
template <split_pattern P>
const byte* piece_end(const byte* p, const byte* end, bool& broken);

extern template const byte* piece_end<split_pattern::r50k>(const byte*, const byte*, bool&);
extern template const byte* piece_end<split_pattern::cl100k>(const byte*, const byte*, bool&);
extern template const byte* piece_end<split_pattern::o200k>(const byte*, const byte*, bool&);

/// 's 't 'm 'd 're 've 'll in any case, and 'ſ (U+017F, a small s): how many bytes of it stand at
/// `p`; 0 when none does.
std::uint32_t contraction_length(const byte* p, const byte* end);

}  // namespace batchmill::tokens
