// The split patterns and byte-pair encoding as their definitions say it, without any thought of
// speed: what the real ones are compared with.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/tokens/split.hpp"
#include "jobs/tokens/vocabulary.hpp"

namespace batchmill::testing {

/// Tries the alternatives of the regular expression in their order, going back as an engine for
/// regular expressions does. `text` is valid UTF-8.
std::vector<std::string> split_by_pattern(tokens::split_pattern pattern, std::string_view text);

/// Looks the bytes of each two neighbours up in the table, merges the best, and starts again.
std::vector<tokens::token_id> merge_by_definition(const tokens::vocabulary& words,
                                                  std::string_view piece);

/// A small set of ranks: all bytes, and some merges of letters, spaces and parts of characters.
tokens::vocabulary small_vocabulary();

/// Text of all sorts that splits in many ways, the same for each seed. Valid UTF-8.
std::string mixed_text(std::size_t characters, unsigned seed);

}  // namespace batchmill::testing
