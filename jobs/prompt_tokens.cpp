#include "jobs/prompt_tokens.hpp"

#include <algorithm>
#include <array>

#include "jobs/body.hpp"
#include "jobs/packing/inputs.hpp"
#include "jobs/tokens/model_tokens.hpp"

namespace batchmill::jobs {

std::int64_t prompt_tokens(tokens::prompt_shape shape, std::string_view body,
                           std::string_view model) {
  const auto counted = tokens::count_prompt(shape, body, model);
  return counted ? *counted : estimate_tokens(body);
}

bool counts_exactly(tokens::prompt_shape shape, std::string_view body, std::string_view model) {
  constexpr auto guessed = std::to_array<std::string_view>(
      {"\"tools\"", "\"tool_calls\"", "\"functions\"", "\"function_call\"", "\"json_schema\"",
       "\"image_url\"", "\"input_audio\"", "\"file\"", "\"prediction\""});
  if (shape != tokens::prompt_shape::messages) return false;
  if (tokens::known_encoding(model) == nullptr) return false;
  return std::ranges::none_of(
      guessed, [&](std::string_view key) { return body.find(key) != std::string_view::npos; });
}

std::int64_t tokens_of_inputs(const prepared_request& prepared) {
  const input_slice& slice = prepared.inputs;
  const std::string_view body = prepared.request.body;
  const std::string_view value =
      slice.bare ? inputs_of(prepared) : body.substr(slice.at - 1, slice.length + 2);
  const auto counted = tokens::count_input(value, prepared.model);
  return counted ? *counted : estimate_tokens(inputs_of(prepared));
}

std::int64_t tokens_of_input(std::string_view input, std::string_view model) {
  const auto counted = tokens::count_input(input, model);
  return counted ? *counted : estimate_tokens(input);
}

}  // namespace batchmill::jobs
