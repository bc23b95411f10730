// How many tokens the API counts for the prompt of a whole request: its texts, and what stands
// around them. The rules are those of OpenAI's cookbook, corrected by what recorded answers say
// (tests/tokens/recorded.jsonl): right to the token for messages of text; tools, schemas and images
// are close, and files and sound are guessed.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "jobs/tokens/model_tokens.hpp"

namespace batchmill::tokens {

/// How does a body hold its prompt?
enum class prompt_shape {
  messages,  // /chat/completions
  items,     // /responses: `instructions` and `input`
  texts,     // /completions, /embeddings, /moderations: texts or tokens in `prompt` or `input`
  unknown,
};

/// `endpoint` as the spec or a batch file has it: "/v1/chat/completions".
prompt_shape shape_of_endpoint(std::string_view endpoint);

/// Do all recorded answers of the model, or of those like it, say what we count? Then it is certain
/// for texts.
bool is_counted_as_recorded(prompt_shape shape, std::string_view model);

struct counted_prompt {
  std::int64_t tokens = 0;
  bool exact = false;  // for certain what the API will count: messages of text to a known model
};

/// Of a body, which is valid JSON. Models that are not known are taken for new ones. Nothing when
/// the shape is unknown or the model's table of tokens is not there.
std::optional<counted_prompt> count_prompt(prompt_shape shape, std::string_view body,
                                           std::string_view model);

/// Of one input of an embeddings or moderations request: a raw string, a list of tokens, or a list
/// of parts.
std::optional<std::int64_t> count_input(std::string_view input, std::string_view model);

/// Of one message of a conversation, with what stands around it. `model.encoding` is not null.
std::int64_t count_message(std::string_view message, const model_tokens& model);

/// Of the value of `tools` or `functions`.
std::int64_t count_tools(std::string_view tools, const model_tokens& model);

}  // namespace batchmill::tokens
