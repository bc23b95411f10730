// The shape that a response is asked to have: text.format, tools, tool_choice. All of it lies
// flatter than in chat.
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/response_request.hpp"
#include "runner/simulator/shared_checks.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

constexpr std::string_view formats[] = {"json_object", "json_schema", "text"};
constexpr std::string_view levels[] = {"low", "medium", "high"};
constexpr std::string_view choice_words[] = {"none", "auto", "required"};
const parameter text_members[] = {{"format", value_kind::object},
                                  {"verbosity", value_kind::string, -unbounded, unbounded, levels}};

bool mentions_json(const chat_request& request) {
  const auto mentions = [](std::string_view text) { return contains_ignoring_case(text, "json"); };
  return std::any_of(request.user_texts.begin(), request.user_texts.end(), mentions) ||
         std::any_of(request.instructions.begin(), request.instructions.end(), mentions);
}

refusal check_format(const json::object& format, chat_request& request) {
  const auto* type = find(format, "type");
  if (!type) return missing_parameter("text.format.type");
  const parameter rule{"type", value_kind::string, -unbounded, unbounded, formats};
  if (auto error = check_value(*type, rule, "text.format.type")) return error;
  if (type->get_string() == "text") return {};
  if (type->get_string() == "json_schema") {
    request.shape = answer_shape::json_schema;
    if (!find(format, "schema")) return missing_parameter("text.format.schema");
    return check_named_schema(format, "text.format", "text.format.schema", request.schema);
  }
  request.shape = answer_shape::json_object;
  if (mentions_json(request)) return {};
  return bad_parameter("input",
                       "Response input messages must contain the word 'json' in some form to use "
                       "'text.format' of type 'json_object'.");
}

refusal check_text(const json::object& body, chat_request& request) {
  const auto* text = find(body, "text");
  if (!text) return {};
  for (const auto& rule : text_members)
    if (const auto* value = find(text->get_object(), rule.name))
      if (auto error = check_value(*value, rule, fmt::format("text.{}", rule.name))) return error;
  const auto* format = find(text->get_object(), "format");
  return format ? check_format(format->get_object(), request) : refusal();
}

refusal check_tool(const json::value& value, const std::string& path) {
  if (!value.is_object()) return invalid_type(path, "an object", type_of(value));
  const auto& tool = value.get_object();
  const auto* type = find(tool, "type");
  if (!type) return missing_parameter(path + ".type");
  if (auto error = check_value(*type, {"type", value_kind::string}, path + ".type")) return error;
  if (type->get_string() != "function" && type->get_string() != "custom") return {};
  if (auto error = check_name(tool, path + ".name")) return error;
  if (!find(tool, "parameters")) return {};
  return need_object(tool, "parameters", path + ".parameters");
}

refusal force_tool(const json::array& tools, std::string_view name, chat_request& request) {
  for (const auto& value : tools) {
    const auto& tool = value.get_object();
    if (string_or(tool, "type", "") != "function") continue;
    if (!name.empty() && string_or(tool, "name", "") != name) continue;
    request.shape = answer_shape::tool_call;
    request.tool = string_or(tool, "name", "");
    request.schema = find(tool, "parameters");
    return {};
  }
  if (name.empty()) return {};  // a tool of the service's own, which is not simulated
  return bad_parameter("tool_choice", fmt::format("Tool choice 'function' named '{}' not found in "
                                                  "'tools' parameter.",
                                                  name));
}

refusal check_choice(const json::value& choice, const json::array& tools, chat_request& request) {
  if (choice.is_string()) {
    const parameter rule{"tool_choice", value_kind::string, -unbounded, unbounded, choice_words};
    if (auto error = check_value(choice, rule, "tool_choice")) return error;
    return choice.get_string() == "required" ? force_tool(tools, "", request) : refusal();
  }
  if (!choice.is_object())
    return invalid_type("tool_choice", "one of a string or object", type_of(choice));
  const auto& named = choice.get_object();
  if (string_or(named, "type", "") != "function") return {};
  if (auto error = check_name(named, "tool_choice.name")) return error;
  return force_tool(tools, string_or(named, "name", ""), request);
}

}  // namespace

refusal check_response_shape(const json::object& body, chat_request& request) {
  if (auto error = check_text(body, request)) return error;
  static const json::array none;
  const auto* given = find(body, "tools");
  const auto& tools = given ? given->get_array() : none;
  for (std::size_t i = 0; i < tools.size(); ++i)
    if (auto error = check_tool(tools[i], fmt::format("tools[{}]", i))) return error;
  const auto* choice = find(body, "tool_choice");
  return choice ? check_choice(*choice, tools, request) : refusal();
}

}  // namespace batchmill::simulator_detail
