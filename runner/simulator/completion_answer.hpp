// One choice of a completion, token by token.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runner/simulator/completion_request.hpp"
#include "runner/simulator/dice.hpp"
#include "runner/simulator/json_writer.hpp"

namespace batchmill::simulator_detail {

struct completion_token {
  std::string text;
  std::int64_t offset = 0;  // in characters, from the prompt's beginning
  double logprob = 0;
};

struct completion {
  completion() = default;

  std::vector<completion_token> tokens;  // with the prompt's when it is to be echoed
  std::int64_t made = 0;                 // tokens that are new
  bool cut = false;                      // by the bound on tokens
};

/// All of it follows from the request, the prompt and the dice.
completion make_completion(const completion_request& request, const completion_prompt& prompt,
                           dice& die);

/// The log probabilities of some tokens, if they are wanted.
void write_logprobs(json_writer& json, const completion_request& request,
                    std::span<const completion_token> tokens);

}  // namespace batchmill::simulator_detail
