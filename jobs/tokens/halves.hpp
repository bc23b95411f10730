// Ranks as what they are made of: every token but a byte comes of two others.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "jobs/tokens/pair_table.hpp"

namespace batchmill::tokens {

/// The longest token that a table may have.
inline constexpr std::size_t longest_token = 128;

/// How a token comes about.
struct token_halves {
  token_id left = no_token;   // a byte, when there is no right half
  token_id right = no_token;  // both are no_token where a rank is not given
};

/// Merging ends with these two halves whenever it ends with the token. `ranks` are the bytes of
/// each, empty where a rank is not given. Throws std::runtime_error when they are no such table.
std::vector<token_halves> halves_of(std::span<const std::string> ranks);

}  // namespace batchmill::tokens
