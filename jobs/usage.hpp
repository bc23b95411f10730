// The `usage` object of an answer: what the server counted.
#pragma once

#include <string_view>

#include "batchmill/outcome.hpp"

namespace batchmill::jobs {

/// Reads the names of chat completions (prompt_tokens, ...) and of responses (input_tokens, ...).
/// What is absent or no integer counts as zero.
token_usage read_usage(std::string_view raw_object);

/// The same on the way through an answer: reads the value at `p`, returns the place behind it.
const char* read_usage(const char* p, const char* end, token_usage& usage);

}  // namespace batchmill::jobs
