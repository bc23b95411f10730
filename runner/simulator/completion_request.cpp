#include "runner/simulator/completion_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/models.hpp"
#include "runner/simulator/shared_checks.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

using enum value_kind;

constexpr double largest_seed = static_cast<double>(std::numeric_limits<std::int64_t>::max());
const parameter parameters[] = {{"model", string},
                                {"prompt"},
                                {"best_of", integer, 0, 20},
                                {"echo", boolean},
                                {"frequency_penalty", decimal, -2, 2},
                                {"logit_bias", object},
                                {"logprobs", integer, 0, 5},
                                {"max_tokens", integer, 0},
                                {"n", integer, 1, 128},
                                {"presence_penalty", decimal, -2, 2},
                                {"seed", integer, -largest_seed, largest_seed},
                                {"stop"},
                                {"stream", boolean},
                                {"stream_options", object},
                                {"suffix", string},
                                {"temperature", decimal, 0, 2},
                                {"top_p", decimal, 0, 1},
                                {"user", string}};

constexpr std::int64_t beyond_any_model = 1'000'000'000'000;

refusal check_model(const json::object& body, completion_request& request, model_facts& facts) {
  if (!find(body, "model")) return bad_parameter("", "you must provide a model parameter");
  request.model = string_or(body, "model", "");
  const auto found = find_model(request.model);
  if (!found) return model_not_found(request.model);
  facts = *found;
  const bool open = request.model.find('/') != std::string_view::npos;  // there, any model can
  if (facts.kind == model_kind::completion || (open && facts.kind == model_kind::chat)) return {};
  if (facts.kind == model_kind::chat)
    return api_error{404,
                     "This is a chat model and not supported in the v1/completions endpoint. Did "
                     "you mean to use v1/chat/completions?",
                     "model"};
  return api_error{404, "This model is not supported in the v1/completions endpoint.", "model"};
}

refusal check_counts(const json::object& body, completion_request& request) {
  request.choices = integer_or(body, "n", 1);
  request.best_of = integer_or(body, "best_of", request.choices);
  if (request.best_of < request.choices)
    return bad_parameter("best_of",
                         fmt::format("You requested that the server return more choices than it "
                                     "will generate (HINT: You must set 'n' (currently {}) to be "
                                     "at most 'best_of' (currently {}), or omit either parameter "
                                     "if you don't specifically want to use them.)",
                                     request.choices, request.best_of));
  return {};
}

refusal check_context(completion_request& request, const model_facts& facts) {
  for (const auto& prompt : request.prompts) {
    request.prompt_tokens += prompt.tokens;
    const auto context = facts.context;
    if (prompt.tokens > context || request.max_tokens > context - prompt.tokens)
      return context_exceeded(context, prompt.tokens, request.max_tokens);
  }
  return {};
}

}  // namespace

refusal check_completion(const json::object& body, completion_request& request) {
  model_facts facts;
  if (auto error = refuse_unknown(body, parameters)) return error;
  if (auto error = check_parameters(body, parameters)) return error;
  if (auto error = check_model(body, request, facts)) return error;
  if (auto error = read_prompts(find(body, "prompt"), request.exact_usage ? request.model : "",
                                request.prompts))
    return error;
  if (auto error = check_stop(body, request.stops)) return error;
  if (auto error = check_counts(body, request)) return error;
  if (auto error = check_stream(body, request.streams, request.streams_usage)) return error;
  request.max_tokens = std::min(integer_or(body, "max_tokens", 16), beyond_any_model);
  request.logprobs = integer_or(body, "logprobs", -1);
  request.echo = boolean_or(body, "echo", false);
  return check_context(request, facts);
}

}  // namespace batchmill::simulator_detail
