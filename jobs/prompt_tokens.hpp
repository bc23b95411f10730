// The tokens of a prompt: as the API will count them, or estimated where the table of the model's
// encoding is not there.
#pragma once

#include <cstdint>
#include <string_view>

#include "batchmill/job.hpp"
#include "jobs/tokens/request_tokens.hpp"

namespace batchmill::jobs {

/// Exact is what is certain: texts to a known model. `body` is minified.
tokens::counted_prompt prompt_tokens(tokens::prompt_shape shape, std::string_view body,
                                     std::string_view model);

/// Is the count of a body that is no conversation certain?
bool counts_exactly(tokens::prompt_shape shape, std::string_view body, std::string_view model);

/// Of the inputs alone that a request for embeddings or moderations has.
std::int64_t tokens_of_inputs(const prepared_request& prepared);

/// Of one of them, as it stands in the body.
std::int64_t tokens_of_input(std::string_view input, std::string_view model);

}  // namespace batchmill::jobs
