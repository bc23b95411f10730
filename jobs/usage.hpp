// The `usage` object of an answer: what the server counted.
#pragma once

#include <string_view>

#include "batchmill/outcome.hpp"

namespace batchmill::jobs {

/// Reads the names of chat completions (prompt_tokens, ...) and of responses (input_tokens, ...).
/// What is absent or no integer counts as zero.
token_usage read_usage(std::string_view raw_object);

}  // namespace batchmill::jobs
