// The messages of a chat request: roles and contents.
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "runner/simulator/chat_request.hpp"
#include "runner/simulator/checks.hpp"
#include "runner/simulator/shared_checks.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

constexpr std::string_view roles[] = {"system",   "assistant", "user",
                                      "function", "tool",      "developer"};
constexpr std::string_view part_types[] = {"text",    "image_url", "input_audio",
                                           "refusal", "audio",     "file"};
const parameter members[] = {{"role"},       {"content"},      {"name", value_kind::string},
                             {"tool_calls"}, {"tool_call_id"}, {"function_call"},
                             {"refusal"},    {"audio"},        {"annotations"},
                             {"weight"}};

class message_reader {
 public:
  explicit message_reader(chat_request& request) : request_(request) {}

  refusal read(const json::array& messages) {
    request_.prompt_tokens = tokens_of_priming;
    for (index_ = 0; index_ < messages.size(); ++index_)
      if (auto error = read_message(messages[index_])) return error;
    return {};
  }

 private:
  std::string path(std::string_view member) const {
    return fmt::format("messages[{}].{}", index_, member);
  }

  refusal read_message(const json::value& value) {
    if (!value.is_object())
      return invalid_type(fmt::format("messages[{}]", index_), "an object", type_of(value));
    const auto& message = value.get_object();
    if (auto error = read_role(message)) return error;
    for (const auto& member : message)
      if (!is_member(member.key())) return unknown_parameter(path(member.key()));
    request_.prompt_tokens += tokens_per_message;
    if (role_ == "user") request_.user_texts.clear();
    if (auto error = read_content(message)) return error;
    return check_tool_calls(message);
  }

  static bool is_member(std::string_view name) {
    for (const auto& member : members)
      if (member.name == name) return true;
    return false;
  }

  refusal read_role(const json::object& message) {
    const auto* role = find(message, "role");
    if (!role) return missing_parameter(path("role"));
    const parameter rule{"role", value_kind::string, -unbounded, unbounded, roles};
    if (auto error = check_value(*role, rule, path("role"))) return error;
    role_ = view(role->get_string());
    return {};
  }

  refusal read_content(const json::object& message) {
    const auto* content = find(message, "content");
    const bool calls = find(message, "tool_calls") || find(message, "function_call") ||
                       find(message, "refusal") || find(message, "audio");
    if (!content && role_ == "assistant" && calls) return {};
    if (!content && !message.contains("content")) return missing_parameter(path("content"));
    if (!content)
      return bad_parameter(fmt::format("messages.[{}].content", index_),
                           "Invalid value for 'content': expected a string, got null.");
    if (content->is_string()) return take_text(view(content->get_string()));
    if (!content->is_array())
      return invalid_type(path("content"), "one of a string or array of objects",
                          type_of(*content));
    return read_parts(content->get_array());
  }

  refusal read_parts(const json::array& parts) {
    if (parts.empty()) return empty_array(path("content"));
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (auto error = read_part(parts[i], fmt::format("{}[{}]", path("content"), i))) return error;
    return {};
  }

  refusal read_part(const json::value& value, const std::string& at) {
    typed_part part;
    if (auto error = read_typed_part(value, part_types, at, part)) return error;
    return read_payload(part.type, *part.payload, part.path);
  }

  refusal read_payload(std::string_view type, const json::value& payload, const std::string& at) {
    const bool is_text = type == "text" || type == "refusal";
    const parameter rule{type, is_text ? value_kind::string : value_kind::object};
    if (auto error = check_value(payload, rule, at)) return error;
    if (is_text) return take_text(view(payload.get_string()));
    if (role_ != "user" && role_ != "tool" && type != "audio")
      return bad_parameter(fmt::format("messages[{}].content", index_),
                           fmt::format("Invalid 'messages[{}]'. Image URLs are only allowed for "
                                       "messages with role 'user', but this message with role "
                                       "'{}' contains an image URL.",
                                       index_, role_),
                           "invalid_value");
    if (type == "image_url") return read_image(payload.get_object(), at);
    return {};
  }

  refusal read_image(const json::object& image, const std::string& at) {
    const auto* url = find(image, "url");
    if (!url) return missing_parameter(at + ".url");
    if (auto error = check_value(*url, {"url", value_kind::string}, at + ".url")) return error;
    const auto text = view(url->get_string());
    request_.prompt_tokens += tokens_per_image;
    if (is_image_url(text)) return {};
    return invalid_value(at + ".url",
                         fmt::format("Invalid '{}.url'. Expected a valid URL, but got a value with "
                                     "an invalid format.",
                                     at));
  }

  refusal take_text(std::string_view text) {
    add_text(request_, role_, text);
    return {};
  }

  refusal check_tool_calls(const json::object& message) {
    const bool answers_call = calls_open_;
    calls_open_ = find(message, "tool_calls") || (role_ == "tool" && calls_open_);
    if (role_ != "tool") return {};
    if (!find(message, "tool_call_id")) return missing_parameter(path("tool_call_id"));
    if (answers_call) return {};
    return bad_parameter(fmt::format("messages.[{}].role", index_),
                         "Invalid parameter: messages with role 'tool' must be a response to a "
                         "preceeding message with 'tool_calls'.");
  }

  chat_request& request_;
  std::size_t index_ = 0;
  std::string_view role_;
  bool calls_open_ = false;  // an assistant's calls may be answered here
};

}  // namespace

void add_text(chat_request& request, std::string_view role, std::string_view text) {
  const auto characters = count_characters(text);
  request.characters += characters;
  request.prompt_tokens += estimate_tokens(characters);
  if (role == "user") request.user_texts.push_back(text);
  if (role == "system" || role == "developer") request.instructions.push_back(text);
}

refusal check_messages(const json::value& messages, chat_request& request) {
  const auto* list = messages.if_array();
  if (!list) return invalid_type("messages", "an array of objects", type_of(messages));
  if (list->empty()) return empty_array("messages");
  return message_reader(request).read(*list);
}

}  // namespace batchmill::simulator_detail
