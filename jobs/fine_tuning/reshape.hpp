// Changes to an example as text: weights put in, a long message cut. Everything else keeps its
// bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "batchmill/fine_tuning_data.hpp"
#include "batchmill/tokens.hpp"

namespace batchmill::fine_tuning {

/// The answers that the rules name get the weight 0, unless they have a weight.
std::string masked(std::string_view example, const mask_rules& rules);

/// `preferred_completion`, as older specifications call it, becomes `preferred_output`; the same
/// for the other one.
std::string with_present_names(std::string_view example);

/// The longest message of a user loses so many tokens at its end; nothing when that is all of it.
/// `example` is supervised.
std::optional<std::string> trimmed(std::string_view example, std::int64_t tokens,
                                   const token_encoding& encoding);

}  // namespace batchmill::fine_tuning
