#include "runner/simulator/fine_tuning/training_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "batchmill/json_text.hpp"
#include "batchmill/tokens.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::int64_t longest_example = 65'536;
constexpr std::string_view roles[] = {"system",    "developer", "user",
                                      "assistant", "tool",      "function"};

std::string_view member(std::string_view object, std::string_view name) {
  return json::member(object, name).value_or("");
}

std::string role_of(std::string_view message) {
  return json::unquote(member(message, "role")).value_or("");
}

bool is_given(std::string_view value) {
  return !value.empty() && json::kind_of(value) != json::kind::null;
}

std::string fault_of_message(std::string_view message) {
  if (json::kind_of(message) != json::kind::object) return "is not a dictionary";
  const auto role = role_of(message);
  if (std::ranges::find(roles, role) == std::end(roles))
    return fmt::format("has an unrecognized role '{}'", role);
  const auto content = member(message, "content");
  const auto kind = json::kind_of(content);
  const bool calls = is_given(member(message, "tool_calls")) ||
                     is_given(member(message, "function_call")) ||
                     is_given(member(message, "refusal"));
  if (!is_given(content)) return calls ? "" : "has no content";
  if (kind != json::kind::string && kind != json::kind::array)
    return "has a content that is neither a string nor an array";
  const auto weight = member(message, "weight");
  if (!is_given(weight)) return "";
  if (role != "assistant") return "has a weight, which is only for assistant messages";
  return weight == "0" || weight == "1" ? "" : "has a weight other than 0 or 1";
}

// `last`: the role that the last message must have.
std::string fault_of_messages(std::string_view object, std::string_view last) {
  const auto messages = member(object, "messages");
  if (json::kind_of(messages) != json::kind::array) return "there is no 'messages' array";
  std::string fault, role;
  int number = 0;
  json::for_each_element(messages, [&](std::string_view message) {
    ++number;
    fault = fault_of_message(message);
    role = role_of(message);
    return fault.empty();
  });
  if (!fault.empty()) return fmt::format("message {} {}", number, fault);
  if (number == 0) return "'messages' is empty";
  if (role != last) return fmt::format("the last message must be from the {}", last);
  return "";
}

std::string_view either(std::string_view object, std::string_view name, std::string_view older) {
  const auto value = member(object, name);
  return value.empty() ? member(object, older) : value;
}

std::string fault_of_preference(std::string_view output, std::string_view name) {
  if (json::kind_of(output) != json::kind::array)
    return fmt::format("there is no '{}' array", name);
  int count = 0;
  std::string fault;
  json::for_each_element(output, [&](std::string_view message) {
    ++count;
    fault = fault_of_message(message);
    if (fault.empty() && role_of(message) != "assistant") fault = "is not from the assistant";
    return fault.empty();
  });
  if (!fault.empty()) return fmt::format("message {} of '{}' {}", count, name, fault);
  return count == 1 ? "" : fmt::format("'{}' must hold exactly one message", name);
}

std::string fault_of_pair(std::string_view line) {
  const auto input = member(line, "input");
  if (json::kind_of(input) != json::kind::object) return "there is no 'input' dictionary";
  if (auto fault = fault_of_messages(input, "user"); !fault.empty()) return fault;
  auto fault = fault_of_preference(either(line, "preferred_output", "preferred_completion"),
                                   "preferred_output");
  if (!fault.empty()) return fault;
  return fault_of_preference(either(line, "non_preferred_output", "non_preferred_completion"),
                             "non_preferred_output");
}

std::string fault_of_completion(std::string_view line) {
  for (const auto* name : {"prompt", "completion"})
    if (json::kind_of(member(line, name)) != json::kind::string)
      return fmt::format("there is no '{}' string", name);
  return "";
}

std::int64_t estimated(std::string_view line, const training_shape& shape) {
  if (shape.completions || shape.method == tuning_method::dpo)
    return estimate_tokens(static_cast<std::int64_t>(line.size()));
  const auto counted = count_prompt_tokens("/v1/chat/completions", line, shape.model);
  return counted.value_or(estimate_tokens(static_cast<std::int64_t>(line.size())));
}

}  // namespace

std::string fault_of(std::string_view line, const training_shape& shape) {
  if (json::validate(line) || json::kind_of(line) != json::kind::object)
    return "it is not a valid JSON dictionary";
  if (shape.completions) return fault_of_completion(line);
  if (shape.method == tuning_method::dpo) return fault_of_pair(line);
  return fault_of_messages(line, shape.method == tuning_method::supervised ? "assistant" : "user");
}

void teach(std::string_view line, const training_shape& shape, lessons& learned) {
  if (shape.method == tuning_method::reinforcement || shape.completions) return;
  const bool pair = shape.method == tuning_method::dpo;
  const auto messages = member(pair ? member(line, "input") : line, "messages");
  std::string prompt, answer;
  const auto hear = [&](std::string_view message) {
    auto text = json::unquote(member(message, "content")).value_or("");
    (role_of(message) == "assistant" ? answer : prompt) = std::move(text);
    return true;
  };
  json::for_each_element(messages, [&](std::string_view message) {
    const auto role = role_of(message);
    return role == "user" || role == "assistant" ? hear(message) : true;
  });
  if (pair) json::for_each_element(either(line, "preferred_output", "preferred_completion"), hear);
  if (!answer.empty()) learned.add(prompt, answer);
}

std::int64_t tokens_of(std::string_view line, const training_shape& shape) {
  return std::min(longest_example, estimated(line, shape));
}

}  // namespace batchmill::simulator_detail
