#include "runner/simulator/completion_prompts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/prompt_count.hpp"
#include "runner/simulator/prose.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

constexpr std::size_t most_prompts = 2'048;
constexpr std::int64_t largest_token = 100'257;
constexpr std::string_view default_prompt = "<|endoftext|>";
constexpr std::string_view accepted =
    "one of a string, array of strings, array of integers, or array of integer arrays";

completion_prompt of_text(std::string_view text, std::string_view model) {
  completion_prompt prompt;
  prompt.text = text;
  prompt.tokens = std::max<std::int64_t>(1, count_text(text, model));
  return prompt;
}

refusal read_tokens(const json::array& tokens, const std::string& path,
                    std::vector<completion_prompt>& prompts) {
  if (tokens.empty()) return empty_array(path);
  auto& prompt = prompts.emplace_back();
  prompt.tokens = static_cast<std::int64_t>(tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!tokens[i].is_int64())
      return invalid_type(fmt::format("{}[{}]", path, i), "an integer", type_of(tokens[i]));
    const auto token = tokens[i].get_int64();
    if (token < 0 || token > largest_token)
      return bad_parameter("", fmt::format("Invalid token in prompt: {}. Minimum value is 0, "
                                           "maximum value is {} (inclusive).",
                                           token, largest_token));
    dice die(static_cast<std::uint64_t>(token));
    prompt.text.append(" ").append(some_word(die));
  }
  return {};
}

refusal read_item(const json::value& item, const std::string& path, std::string_view model,
                  std::vector<completion_prompt>& prompts) {
  if (item.is_array()) return read_tokens(item.get_array(), path, prompts);
  if (!item.is_string())
    return invalid_type(path, "one of a string or array of integers", type_of(item));
  prompts.push_back(of_text(view(item.get_string()), model));
  return {};
}

}  // namespace

refusal read_prompts(const json::value* value, std::string_view model,
                     std::vector<completion_prompt>& prompts) {
  if (!value || value->is_string()) {
    prompts.push_back(of_text(value ? view(value->get_string()) : "", model));
    if (!value) prompts.back().text = default_prompt;
    return {};
  }
  const auto* list = value->if_array();
  if (!list) return invalid_type("prompt", accepted, type_of(*value));
  if (list->empty()) return empty_array("prompt");
  if (list->front().is_number()) return read_tokens(*list, "prompt", prompts);
  if (list->size() > most_prompts)
    return bad_parameter("prompt",
                         fmt::format("Invalid 'prompt': array too long. Expected an array with "
                                     "maximum length {}, but got an array with length {} instead.",
                                     most_prompts, list->size()),
                         "array_above_max_length");
  for (std::size_t i = 0; i < list->size(); ++i)
    if (auto error = read_item((*list)[i], fmt::format("prompt[{}]", i), model, prompts))
      return error;
  return {};
}

}  // namespace batchmill::simulator_detail
