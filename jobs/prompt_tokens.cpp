#include "jobs/prompt_tokens.hpp"

#include "jobs/body.hpp"
#include "jobs/packing/inputs.hpp"

namespace batchmill::jobs {

tokens::counted_prompt prompt_tokens(tokens::prompt_shape shape, std::string_view body,
                                     std::string_view model) {
  const auto counted = tokens::count_prompt(shape, body, model);
  return counted ? *counted : tokens::counted_prompt{estimate_tokens(body), false};
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
