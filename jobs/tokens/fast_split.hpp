// Splitting 64 bytes at a time. Agrees with split.hpp on every text.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "jobs/tokens/piece_cache.hpp"
#include "jobs/tokens/split.hpp"

namespace batchmill::tokens {

/// Has this processor what the functions below need?
bool can_split_fast();

/// Adds the tokens of `text` to `count`. False when it is no UTF-8; `count` is then worth nothing.
bool count_fast(split_pattern pattern, std::string_view text, piece_cache& cache,
                std::size_t& count);

/// Gives the ends of the pieces, as distances from the beginning. False as above.
bool split_fast(split_pattern pattern, std::string_view text, std::vector<std::size_t>& ends);

}  // namespace batchmill::tokens
