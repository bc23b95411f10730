#include "runner/simulator/response_request.hpp"

#include <fmt/format.h>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/prompt_count.hpp"
#include "runner/simulator/shared_checks.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

using enum value_kind;

constexpr std::string_view tiers[] = {"auto",     "default", "flex",     "scale",
                                      "priority", "fast",    "ultrafast"};
constexpr std::string_view truncations[] = {"auto", "disabled"};

const parameter parameters[] = {{"background", boolean},
                                {"context_management", array},
                                {"conversation"},
                                {"include", array},
                                {"input"},
                                {"instructions", string},
                                {"max_output_tokens", integer, 16},
                                {"max_tool_calls", integer, 1},
                                {"metadata", object},
                                {"model", string},
                                {"moderation"},
                                {"parallel_tool_calls", boolean},
                                {"previous_response_id", string},
                                {"prompt", object},
                                {"prompt_cache_key", string},
                                {"prompt_cache_options", object},
                                {"prompt_cache_retention", string},
                                {"reasoning", object},
                                {"safety_identifier", string},
                                {"service_tier", string, -unbounded, unbounded, tiers},
                                {"store", boolean},
                                {"stream", boolean},
                                {"stream_options", object},
                                {"temperature", decimal, 0, 2},
                                {"text", object},
                                {"tool_choice"},
                                {"tools", array},
                                {"top_logprobs", integer, 0, 20},
                                {"top_p", decimal, 0, 1},
                                {"truncation", string, -unbounded, unbounded, truncations},
                                {"user", string}};

refusal check_model(const json::object& body, chat_request& request) {
  if (!find(body, "model")) return missing_parameter("model");
  request.model = string_or(body, "model", "");
  const auto facts = find_model(request.model);
  if (!facts)
    return bad_parameter("model",
                         fmt::format("The requested model '{}' does not exist.", request.model),
                         "model_not_found");
  request.facts = *facts;
  if (facts->kind == model_kind::chat) return {};
  return bad_parameter(
      "model",
      fmt::format("The requested model '{}' cannot be used with the Responses API.", request.model),
      "unsupported_model");
}

refusal check_max_tokens(const json::object& body, chat_request& request) {
  constexpr std::string_view name = "max_output_tokens";
  request.max_tokens = integer_or(body, name, 0);
  if (request.max_tokens <= request.facts.max_output) return {};
  return bad_parameter(name,
                       fmt::format("Invalid '{}': integer above maximum value. Expected a value <= "
                                   "{}, but got {} instead.",
                                   name, request.facts.max_output, request.max_tokens),
                       "integer_above_max_value");
}

// What the API knows and the simulator does not play; to ignore it would be the worst answer.
refusal refuse_unplayed(const json::object& body) {
  if (boolean_or(body, "background", false))
    return bad_parameter(
        "background", "Unsupported value: 'background' does not support true with this simulator.",
        "unsupported_value");
  for (const std::string_view name : {"conversation", "prompt"})
    if (find(body, name))
      return bad_parameter(
          name,
          fmt::format("Unsupported parameter: '{}' is not supported by this simulator.", name),
          "unsupported_parameter");
  return {};
}

refusal check_options(const json::object& body, response_request& request) {
  if (request.asked.facts.fixed_sampling)
    if (auto error = check_fixed_sampling(body)) return error;
  if (auto error = check_max_tokens(body, request.asked)) return error;
  if (auto error = check_metadata_values(body)) return error;
  bool usage = false;  // a response always tells it
  if (auto error = check_stream(body, request.streams, usage)) return error;
  return refuse_unplayed(body);
}

refusal check_context(const chat_request& request) {
  if (request.prompt_tokens <= request.facts.context) return {};
  return bad_parameter("input",
                       "Your input exceeds the context window of this model. Please adjust your "
                       "input and try again.",
                       "context_length_exceeded");
}

}  // namespace

refusal check_response(const json::object& body, response_request& request) {
  if (auto error = refuse_first_unknown(body, parameters)) return error;
  if (auto error = check_parameters(body, parameters)) return error;
  if (auto error = check_model(body, request.asked)) return error;
  const auto* input = find(body, "input");
  if (!input) return missing_parameter("input");
  add_text(request.asked, "developer", string_or(body, "instructions", ""));
  if (auto error = check_input(*input, request.asked)) return error;
  if (auto error = check_options(body, request)) return error;
  if (auto error = check_response_shape(body, request.asked)) return error;
  request.body = &body;
  request.previous = string_or(body, "previous_response_id", "");
  request.store = boolean_or(body, "store", true);
  chat_request& asked = request.asked;
  asked.prompt_tokens = count_prompt("/responses", asked.text, asked.model, asked.prompt_tokens);
  return check_context(request.asked);
}

}  // namespace batchmill::simulator_detail
