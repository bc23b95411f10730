// The compact form of rank tables, as the program carries them: the halves of each rank,
// compressed.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/tokens/vocabulary.hpp"

namespace batchmill::tokens {

/// Writes one table.
std::string pack_ranks(std::span<const token_halves> ranks);

/// Reads what pack_ranks wrote. Throws std::runtime_error when it is not that.
std::vector<token_halves> unpack_ranks(std::string_view packed);

}  // namespace batchmill::tokens
