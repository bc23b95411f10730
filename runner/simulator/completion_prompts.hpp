// The prompts of a request to /v1/completions: text or tokens, one or many.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runner/simulator/api_error.hpp"

namespace batchmill::simulator_detail {

struct completion_prompt {
  completion_prompt() = default;

  std::string text;  // of tokens: one made-up word for each
  std::int64_t tokens = 0;
};

/// `value` null: the API's default prompt. Fills `prompts` with at least one. Texts are counted in
/// the tokens of `model`.
refusal read_prompts(const boost::json::value* value, std::string_view model,
                     std::vector<completion_prompt>& prompts);

}  // namespace batchmill::simulator_detail
