// Texts that are too long for a model, cut. Where its tokens are not known their number is guessed,
// and rather too high: what is cut once too often is answered nevertheless.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/job.hpp"
#include "batchmill/tokens.hpp"

namespace batchmill::jobs {

/// Cuts a raw input, a JSON string or an array of tokens, into pieces of at most `tokens`; one
/// piece when it is short enough. No escape and no character is cut in two, and where there is a
/// space near the end the cut is there. Tokens are those of `encoding`; null: guessed.
std::vector<std::string> pieces_of(std::string_view raw, std::size_t tokens,
                                   const token_encoding* encoding = nullptr);

/// Noted with a row whose inputs are parts of one text.
constexpr unsigned char in_pieces = 1;

/// The same of a row's only input; none when it is certainly short enough.
std::vector<std::string> pieces_of_input(const prepared_request& prepared, std::size_t tokens);

/// Puts the pieces of a row's only input in its place.
void cut_input(prepared_request& prepared, std::size_t tokens);

}  // namespace batchmill::jobs
