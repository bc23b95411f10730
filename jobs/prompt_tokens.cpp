#include "jobs/prompt_tokens.hpp"

#include <algorithm>
#include <span>

#include "jobs/body.hpp"
#include "jobs/packing/inputs.hpp"

namespace batchmill::jobs {

namespace {

/// Names and values, or their beginnings, that make a body's count a guess. Of messages the count
/// itself tells.
std::span<const std::string_view> guessed_in(tokens::prompt_shape shape) {
  static constexpr std::string_view items[] = {R"("tools")",
                                               R"("function_call)",
                                               R"("custom_tool_call)",
                                               R"("computer_call)",
                                               R"("web_search_call)",
                                               R"("file_search_call)",
                                               R"("code_interpreter_call)",
                                               R"("image_generation_call)",
                                               R"("local_shell_call)",
                                               R"("shell_call)",
                                               R"("apply_patch_call)",
                                               R"("mcp_)",
                                               R"("compaction")",
                                               R"("type":"reasoning")",
                                               R"("item_reference")",
                                               R"("json_schema")",
                                               R"("input_image")",
                                               R"("input_audio")",
                                               R"("input_file")",
                                               R"("previous_response_id")",
                                               R"("conversation")",
                                               R"("prompt":)"};
  static constexpr std::string_view texts[] = {R"("image_url")", R"("suffix")"};
  if (shape == tokens::prompt_shape::items) return items;
  return texts;
}

/// Looks at each string's beginning once; what stands within texts has a backslash before it.
bool mentions(std::string_view body, std::span<const std::string_view> marks) {
  for (std::size_t at = body.find('"'); at != std::string_view::npos; at = body.find('"', at + 1)) {
    if (at > 0 && body[at - 1] == '\\') continue;
    const std::string_view rest = body.substr(at);
    const bool found = std::ranges::any_of(marks, [&](std::string_view mark) {
      return rest.size() > 1 && rest[1] == mark[1] && rest.starts_with(mark);
    });
    if (found) return true;
  }
  return false;
}

}  // namespace

tokens::counted_prompt prompt_tokens(tokens::prompt_shape shape, std::string_view body,
                                     std::string_view model) {
  auto counted = tokens::count_prompt(shape, body, model);
  if (!counted) return {estimate_tokens(body), false};
  if (shape == tokens::prompt_shape::messages) {
    counted->exact = counted->exact && tokens::is_counted_as_recorded(shape, model);
  } else {
    counted->exact = counts_exactly(shape, body, model);
  }
  return *counted;
}

bool counts_exactly(tokens::prompt_shape shape, std::string_view body, std::string_view model) {
  if (!tokens::is_counted_as_recorded(shape, model)) return false;
  const tokens::model_tokens& found = tokens::tokens_of_model(model);
  return found.known && found.encoding != nullptr && !mentions(body, guessed_in(shape));
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
