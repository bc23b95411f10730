// A request to /v1/completions that was checked.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string_view>
#include <vector>

#include "runner/simulator/api_error.hpp"
#include "runner/simulator/completion_prompts.hpp"

namespace batchmill::simulator_detail {

/// Views are into the request's JSON.
struct completion_request {
  completion_request() = default;

  std::string_view model;
  bool exact_usage = false;  // prompts are counted, not estimated
  std::vector<completion_prompt> prompts;
  std::vector<std::string_view> stops;
  std::int64_t max_tokens = 16;
  std::int64_t choices = 1;    // of each prompt
  std::int64_t best_of = 1;    // how many are made for it
  std::int64_t logprobs = -1;  // how many alternatives; -1: no log probabilities
  bool echo = false;
  bool streams = false;
  bool streams_usage = false;  // in a last event of its own
  std::int64_t prompt_tokens = 0;
};

/// Checks `body` as strictly as the API does and fills `request`.
refusal check_completion(const boost::json::object& body, completion_request& request);

}  // namespace batchmill::simulator_detail
