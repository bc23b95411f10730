#include "runner/simulator/chat_request.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/prompt_count.hpp"
#include "runner/simulator/shared_checks.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

using enum value_kind;

constexpr std::string_view efforts[] = {"none", "minimal", "low", "medium", "high", "xhigh", "max"};
constexpr std::string_view levels[] = {"low", "medium", "high"};
constexpr std::string_view tiers[] = {"auto", "default", "flex", "scale", "priority", "fast"};
constexpr std::int64_t largest_seed = std::numeric_limits<std::int64_t>::max();

const parameter parameters[] = {
    {"messages"},
    {"model", string},
    {"audio", object},
    {"frequency_penalty", decimal, -2, 2},
    {"function_call"},
    {"functions", array},
    {"logit_bias", object},
    {"logprobs", boolean},
    {"max_completion_tokens", integer, 1},
    {"max_tokens", integer, 1},
    {"metadata", object},
    {"modalities", array},
    {"moderation"},
    {"n", integer, 1, 128},
    {"parallel_tool_calls", boolean},
    {"prediction", object},
    {"presence_penalty", decimal, -2, 2},
    {"prompt_cache_key", string},
    {"prompt_cache_options", object},
    {"prompt_cache_retention", string},
    {"reasoning_effort", string, -unbounded, unbounded, efforts},
    {"response_format", object},
    {"safety_identifier", string},
    {"seed", integer, -static_cast<double>(largest_seed), static_cast<double>(largest_seed)},
    {"service_tier", string, -unbounded, unbounded, tiers},
    {"stop"},
    {"store", boolean},
    {"stream", boolean},
    {"stream_options", object},
    {"temperature", decimal, 0, 2},
    {"tool_choice"},
    {"tools", array},
    {"top_logprobs", integer, 0, 20},
    {"top_p", decimal, 0, 1},
    {"user", string},
    {"verbosity", string, -unbounded, unbounded, levels},
    {"web_search_options", object}};

refusal check_model(const json::object& body, chat_request& request) {
  request.model = string_or(body, "model", "");
  const auto facts = find_model(request.model);
  if (!facts) return model_not_found(request.model);
  request.facts = *facts;
  if (facts->kind == model_kind::chat) return {};
  return api_error{404,
                   "This is not a chat model and thus not supported in the v1/chat/completions "
                   "endpoint. Did you mean to use v1/completions?",
                   "model"};
}

refusal check_max_tokens(const json::object& body, chat_request& request) {
  const bool old_name = find(body, "max_tokens"), new_name = find(body, "max_completion_tokens");
  if (old_name && new_name)
    return bad_parameter(
        "max_tokens",
        "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
        "invalid_parameter_combination");
  if (old_name && request.facts.reasoning)
    return bad_parameter("max_tokens",
                         "Unsupported parameter: 'max_tokens' is not supported with this model. "
                         "Use 'max_completion_tokens' instead.",
                         "unsupported_parameter");
  const std::string_view name = old_name ? "max_tokens" : "max_completion_tokens";
  request.max_tokens = integer_or(body, name, 0);
  if (request.max_tokens <= request.facts.max_output) return {};
  return invalid_value(
      name, fmt::format("{} is too large: {}. This model supports at most {} completion tokens, "
                        "whereas you provided {}.",
                        name, request.max_tokens, request.facts.max_output, request.max_tokens));
}

refusal check_logprobs(const json::object& body, chat_request& request) {
  request.logprobs = boolean_or(body, "logprobs", false);
  request.top_logprobs = integer_or(body, "top_logprobs", 0);
  if (request.logprobs || !find(body, "top_logprobs")) return {};
  return bad_parameter("top_logprobs",
                       "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.");
}

refusal check_metadata(const json::object& body) {
  if (auto error = check_metadata_values(body)) return error;
  if (!find(body, "metadata") || boolean_or(body, "store", false)) return {};
  return bad_parameter("metadata",
                       "The 'metadata' parameter is only allowed when 'store' is enabled.");
}

refusal check_context(const chat_request& request) {
  const auto context = request.facts.context;
  if (request.prompt_tokens > context)
    return bad_parameter("messages",
                         fmt::format("This model's maximum context length is {} tokens. However, "
                                     "your messages resulted in {} tokens. Please reduce the "
                                     "length of the messages.",
                                     context, request.prompt_tokens),
                         "context_length_exceeded");
  if (request.prompt_tokens + request.max_tokens <= context) return {};
  return bad_parameter(
      "messages",
      fmt::format("This model's maximum context length is {} tokens. However, you requested {} "
                  "tokens ({} in the messages, {} in the completion). Please reduce the length of "
                  "the messages or completion.",
                  context, request.prompt_tokens + request.max_tokens, request.prompt_tokens,
                  request.max_tokens),
      "context_length_exceeded");
}

refusal check_options(const json::object& body, chat_request& request) {
  if (request.facts.fixed_sampling)
    if (auto error = check_fixed_sampling(body)) return error;
  if (auto error = check_max_tokens(body, request)) return error;
  if (auto error = check_logprobs(body, request)) return error;
  if (auto error = check_stop(body, request.stops)) return error;
  if (auto error = check_metadata(body)) return error;
  return check_stream(body, request.streams, request.streams_usage);
}

}  // namespace

refusal check_chat(const json::object& body, chat_request& request) {
  if (!find(body, "model")) return bad_parameter("", "you must provide a model parameter");
  if (auto error = refuse_unknown(body, parameters)) return error;
  if (auto error = check_parameters(body, parameters)) return error;
  const auto* messages = find(body, "messages");
  if (!messages) return missing_parameter("messages");
  if (auto error = check_model(body, request)) return error;
  if (auto error = check_messages(*messages, request)) return error;
  if (auto error = check_options(body, request)) return error;
  if (auto error = check_shape(body, request)) return error;
  request.choices = integer_or(body, "n", 1);
  request.prompt_tokens =
      count_prompt("/chat/completions", request.text, request.model, request.prompt_tokens);
  return check_context(request);
}

}  // namespace batchmill::simulator_detail
