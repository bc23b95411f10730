// The tokens of prompts as the API counts them: exactly, for the models whose tokens are known.
#pragma once

#include <cstdint>
#include <string_view>

namespace batchmill::simulator_detail {

/// Of a whole request, whose `body` is valid JSON or, where nothing is to be counted, empty. Of
/// models that are not known, such as those of other servers, and without the table of their
/// tokens: `estimate`.
std::int64_t count_prompt(std::string_view endpoint, std::string_view body, std::string_view model,
                          std::int64_t estimate);

/// Of a text alone. Without a model: estimated.
std::int64_t count_text(std::string_view text, std::string_view model);

}  // namespace batchmill::simulator_detail
