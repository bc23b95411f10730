// The shape that a chat request asks its answer to have: response_format, tools, tool_choice.
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "runner/simulator/chat_request.hpp"
#include "runner/simulator/checks.hpp"
#include "runner/simulator/shared_checks.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

constexpr std::string_view formats[] = {"json_object", "json_schema", "text"};
constexpr std::string_view tool_types[] = {"function", "custom"};
constexpr std::string_view choice_words[] = {"none", "auto", "required"};
refusal check_json_schema(const json::object& format, chat_request& request) {
  const std::string path = "response_format.json_schema";
  if (auto error = need_object(format, "json_schema", path)) return error;
  request.shape = answer_shape::json_schema;
  return check_named_schema(find(format, "json_schema")->get_object(), path, "response_format",
                            request.schema);
}

bool mentions_json(const json::value& messages) {
  const auto mentions = [](const json::value& text) {
    return text.is_string() && contains_ignoring_case(view(text.get_string()), "json");
  };
  for (const auto& message : messages.get_array()) {
    const auto* content = find(message.get_object(), "content");
    if (!content) continue;
    if (mentions(*content)) return true;
    if (!content->is_array()) continue;
    for (const auto& part : content->get_array())
      if (const auto* text = find(part.get_object(), "text"); text && mentions(*text)) return true;
  }
  return false;
}

refusal check_format(const json::object& body, chat_request& request) {
  const auto* value = find(body, "response_format");
  if (!value) return {};
  const auto& format = value->get_object();
  const auto* type = find(format, "type");
  if (!type) return missing_parameter("response_format.type");
  const parameter rule{"type", value_kind::string, -unbounded, unbounded, formats};
  if (auto error = check_value(*type, rule, "response_format.type")) return error;
  if (type->get_string() == "json_schema") return check_json_schema(format, request);
  if (type->get_string() == "text") return {};
  request.shape = answer_shape::json_object;
  if (mentions_json(*find(body, "messages"))) return {};
  return bad_parameter("messages",
                       "'messages' must contain the word 'json' in some form, to use "
                       "'response_format' of type 'json_object'.");
}

refusal check_tool(const json::value& value, const std::string& path) {
  if (!value.is_object()) return invalid_type(path, "an object", type_of(value));
  const auto& tool = value.get_object();
  const auto* type = find(tool, "type");
  if (!type) return missing_parameter(path + ".type");
  const parameter rule{"type", value_kind::string, -unbounded, unbounded, tool_types};
  if (auto error = check_value(*type, rule, path + ".type")) return error;
  const std::string kind(view(type->get_string()));
  if (auto error = need_object(tool, kind, path + "." + kind)) return error;
  const auto& description = find(tool, kind)->get_object();
  if (auto error = check_name(description, path + "." + kind + ".name")) return error;
  if (!find(description, "parameters")) return {};
  return need_object(description, "parameters", path + "." + kind + ".parameters");
}

const json::object* find_function(const json::array& tools, std::string_view name) {
  for (const auto& tool : tools) {
    const auto* function = find(tool.get_object(), "function");
    if (!function) continue;
    if (name.empty() || string_or(function->get_object(), "name", "") == name)
      return &function->get_object();
  }
  return nullptr;
}

refusal force_tool(const json::array& tools, std::string_view name, chat_request& request) {
  const auto* function = find_function(tools, name);
  if (!function)
    return bad_parameter("tool_choice",
                         fmt::format("Tool choice 'function' named '{}' was not found in 'tools' "
                                     "parameter.",
                                     name));
  request.shape = answer_shape::tool_call;
  request.tool = string_or(*function, "name", "");
  request.schema = find(*function, "parameters");
  return {};
}

refusal check_choice(const json::value& choice, const json::array& tools, chat_request& request) {
  if (choice.is_string()) {
    const parameter rule{"tool_choice", value_kind::string, -unbounded, unbounded, choice_words};
    if (auto error = check_value(choice, rule, "tool_choice")) return error;
    if (choice.get_string() != "required") return {};
    request.finish_reason = "tool_calls";  // a tool that is forced by name ends with "stop"
    return force_tool(tools, "", request);
  }
  if (!choice.is_object())
    return invalid_type("tool_choice", "one of a string or object", type_of(choice));
  const auto& named = choice.get_object();
  if (string_or(named, "type", "") != "function") return {};
  if (auto error = need_object(named, "function", "tool_choice.function")) return error;
  const auto& function = find(named, "function")->get_object();
  if (auto error = check_name(function, "tool_choice.function.name")) return error;
  return force_tool(tools, string_or(function, "name", ""), request);
}

refusal check_tools(const json::object& body, chat_request& request) {
  const auto* tools = find(body, "tools");
  const auto* choice = find(body, "tool_choice");
  if (!tools && !choice) return {};
  if (!tools)
    return bad_parameter("tool_choice",
                         "Invalid value for 'tool_choice': 'tool_choice' is only allowed when "
                         "'tools' are specified.");
  const auto& list = tools->get_array();
  if (list.empty()) return empty_array("tools");
  for (std::size_t i = 0; i < list.size(); ++i)
    if (auto error = check_tool(list[i], fmt::format("tools[{}]", i))) return error;
  return choice ? check_choice(*choice, list, request) : refusal();
}

}  // namespace

refusal check_shape(const json::object& body, chat_request& request) {
  if (auto error = check_format(body, request)) return error;
  return check_tools(body, request);
}

}  // namespace batchmill::simulator_detail
