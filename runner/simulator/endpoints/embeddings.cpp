#include "runner/simulator/endpoints/embeddings.hpp"

#include <fmt/format.h>

#include <vector>

#include "runner/simulator/answer_parts.hpp"
#include "runner/simulator/checks.hpp"
#include "runner/simulator/json_writer.hpp"
#include "runner/simulator/models.hpp"
#include "runner/simulator/prompt_count.hpp"
#include "runner/simulator/shared_checks.hpp"
#include "runner/simulator/text.hpp"
#include "runner/simulator/text_vector.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

constexpr std::int64_t most_inputs = 2'048, most_tokens = 300'000;
constexpr std::string_view encodings[] = {"float", "base64"};
const parameter parameters[] = {
    {"input"},
    {"model", value_kind::string},
    {"encoding_format", value_kind::string, -unbounded, unbounded, encodings},
    {"dimensions", value_kind::integer, 1},
    {"user", value_kind::string}};

struct input {
  input() = default;

  std::vector<vector_part> parts;  // words or tokens
  std::int64_t tokens = 0;
  std::int64_t charged = 0;  // against limits, which go by characters
};

struct embedding_request {
  std::string_view model;
  bool exact_usage = false;
  std::vector<input> inputs;
  std::size_t dimensions = 0;
  bool base64 = false;
  std::int64_t tokens = 0;
  std::int64_t charged = 0;
};

// "$.input" and what follows is how this endpoint, and only this one, complains.
api_error bad_input(std::string_view path, std::string_view problem) {
  return bad_parameter("", fmt::format("'{}' is invalid. Please check the API reference: "
                                       "https://platform.openai.com/docs/api-reference. ({})",
                                       path, problem));
}

bool is_tokens(const json::array& items) {
  return !items.empty() && items.front().is_number();
}

input read_tokens(const json::array& items) {
  input in;
  for (const auto& item : items)
    in.parts.push_back({static_cast<std::uint64_t>(item.get_int64()), 1});
  in.tokens = in.charged = static_cast<std::int64_t>(items.size());
  return in;
}

input read_text(std::string_view text, std::string_view model) {
  input in;
  in.parts = parts_of(text);
  in.tokens = count_text(text, model);
  in.charged = estimate_tokens(text);
  return in;
}

refusal read_input(const json::value& value, std::string_view model, std::vector<input>& inputs) {
  const auto at = fmt::format("$.input[{}]", inputs.size());
  if (const auto* text = value.if_string()) {
    if (text->empty()) return bad_input("$.input", "input cannot be an empty string");
    inputs.push_back(read_text(view(*text), model));
  } else if (value.is_array() && is_tokens(value.get_array())) {
    for (const auto& token : value.get_array())
      if (!token.is_int64() || token.get_int64() < 0) return bad_input(at, "not a token");
    inputs.push_back(read_tokens(value.get_array()));
  } else {
    return bad_input(at, "expected a string or an array of tokens");
  }
  return {};
}

refusal read_inputs(const json::value& value, std::string_view model, std::vector<input>& inputs) {
  const auto* items = value.if_array();
  if (!items || is_tokens(*items)) return read_input(value, model, inputs);
  if (items->empty()) return bad_input("$.input", "input array is empty");
  if (static_cast<std::int64_t>(items->size()) > most_inputs)
    return bad_input("$.input", fmt::format("more than {} inputs", most_inputs));
  for (const auto& item : *items)
    if (auto error = read_input(item, model, inputs)) return error;
  return {};
}

refusal check_tokens(embedding_request& request, const model_facts& facts) {
  for (const auto& in : request.inputs) {
    request.tokens += in.tokens;
    request.charged += in.charged;
    if (in.tokens > facts.context) return context_exceeded(facts.context, in.tokens, 0);
  }
  if (request.tokens > most_tokens) {
    constexpr std::string_view code = "max_tokens_per_request";
    auto error = bad_parameter(
        "",
        fmt::format("Requested {} tokens, max {} tokens per request", request.tokens, most_tokens),
        code);
    error.type = code;
    return error;
  }
  return {};
}

refusal check_dimensions(const embedding_request& request, const model_facts& facts) {
  const auto given = static_cast<std::int64_t>(request.dimensions);
  if (given == facts.dimensions) return {};
  if (!facts.shortens_vectors)
    return bad_parameter("", "This model does not support specifying dimensions.");
  if (given > facts.dimensions)
    return bad_parameter("", fmt::format("Invalid value for 'dimensions' = {}. Must be less than "
                                         "or equal to {}.",
                                         given, facts.dimensions));
  return {};
}

std::string encode(const std::vector<float>& values) {
  static_assert(sizeof(float) == 4);
  const auto* bytes = reinterpret_cast<const unsigned char*>(values.data());
  return to_base64(std::span(bytes, values.size() * sizeof(float)));
}

void write_vector(json_writer& json, const std::vector<float>& values, bool base64) {
  if (base64) {
    json.text(encode(values));
    return;
  }
  json.open_array();
  for (const auto value : values) json.raw(fmt::format("{}", value));
  json.close_array();
}

reply answer(const embedding_request& request) {
  reply r;
  r.usage.prompt = r.usage.total = request.tokens;
  json_writer json(r.body, json_layout::pretty);
  json.open_object().key("object").text("list").key("data").open_array();
  std::int64_t index = 0;
  for (const auto& in : request.inputs) {
    json.open_object().key("object").text("embedding").key("index").integer(index++);
    json.key("embedding");
    write_vector(json, make_vector(in.parts, request.dimensions), request.base64);
    json.close_object();
  }
  json.close_array().key("model").text(request.model).key("usage").open_object();
  json.key("prompt_tokens").integer(request.tokens);
  json.key("total_tokens").integer(request.tokens).close_object().close_object();
  return r;
}

refusal check(const json::object& body, embedding_request& request) {
  if (!find(body, "model")) return bad_parameter("", "you must provide a model parameter");
  if (auto error = refuse_unknown(body, parameters)) return error;
  if (auto error = check_parameters(body, parameters)) return error;
  request.model = string_or(body, "model", "");
  const auto facts = find_model(request.model);
  if (!facts) return model_not_found(request.model);
  if (facts->kind != model_kind::embedding)
    return api_error{403, "You are not allowed to generate embeddings from this model"};
  const auto* given = find(body, "input");
  if (!given) return missing_parameter("input");
  if (auto error = read_inputs(*given, request.exact_usage ? request.model : "", request.inputs))
    return error;
  request.base64 = string_or(body, "encoding_format", "float") == "base64";
  request.dimensions = static_cast<std::size_t>(integer_or(body, "dimensions", facts->dimensions));
  if (auto error = check_dimensions(request, *facts)) return error;
  return check_tokens(request, *facts);
}

}  // namespace

admission_result embeddings(const call& c) {
  embedding_request request;
  request.exact_usage = c.exact_usage;
  if (auto error = check(c.body, request)) return *std::move(error);
  admission a;
  a.model = request.model;
  a.charged_tokens = request.charged;
  a.answer = [request = std::move(request)] { return answer(request); };
  return a;
}

}  // namespace batchmill::simulator_detail
