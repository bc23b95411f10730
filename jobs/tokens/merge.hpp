// Byte-pair encoding of one piece: again and again the two neighbours whose token has the lowest
// rank are merged, the leftmost of equals first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "jobs/tokens/vocabulary.hpp"

namespace batchmill::tokens {

/// The longest piece that a merge_function takes.
inline constexpr std::size_t longest_merge = 128;

/// Writes the tokens of 1 to 128 bytes to `ids`, which has room for 128, and returns their number.
using merge_function = std::uint32_t (*)(const vocabulary&, const byte*, std::uint32_t length,
                                         token_id* ids);

std::uint32_t merge_scalar(const vocabulary& words, const byte* p, std::uint32_t length,
                           token_id* ids);

/// The fastest that this processor can run.
merge_function fastest_merge();

/// Pieces of any length, in time that grows with the length alone. Returns the number of tokens and
/// appends them to `out`, unless that is null.
std::size_t merge_piece(const vocabulary& words, merge_function merge, const byte* p,
                        std::size_t length, std::vector<token_id>* out);

/// The same with a heap over the whole piece; n log n. merge_piece falls back on it.
std::vector<token_id> merge_with_heap(const vocabulary& words, const byte* p, std::size_t length);

}  // namespace batchmill::tokens
