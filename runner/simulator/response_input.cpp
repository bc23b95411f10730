// The input of a response: a string, or items of a conversation.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/response_request.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

constexpr std::string_view roles[] = {"assistant", "system", "developer", "user"};
constexpr std::string_view part_types[] = {"input_text", "input_image", "input_file", "output_text",
                                           "refusal"};
constexpr std::string_view item_types[] = {"message",
                                           "function_call",
                                           "function_call_output",
                                           "reasoning",
                                           "item_reference",
                                           "file_search_call",
                                           "web_search_call",
                                           "computer_call",
                                           "computer_call_output",
                                           "image_generation_call",
                                           "code_interpreter_call",
                                           "local_shell_call",
                                           "local_shell_call_output",
                                           "shell_call",
                                           "shell_call_output",
                                           "apply_patch_call",
                                           "apply_patch_call_output",
                                           "mcp_list_tools",
                                           "mcp_approval_request",
                                           "mcp_approval_response",
                                           "mcp_call",
                                           "custom_tool_call",
                                           "custom_tool_call_output",
                                           "compaction"};

class input_reader {
 public:
  explicit input_reader(chat_request& request) : request_(request) {}

  refusal read_item(const json::value& value, std::size_t index) {
    at_ = fmt::format("input[{}]", index);
    if (!value.is_object()) return invalid_type(at_, "an object", type_of(value));
    const auto& item = value.get_object();
    request_.prompt_tokens += tokens_per_message;
    const auto* type = find(item, "type");
    if (!type) return read_message(item);
    const parameter rule{"type", value_kind::string, -unbounded, unbounded, item_types};
    if (auto error = check_value(*type, rule, at_ + ".type")) return error;
    const auto name = view(type->get_string());
    if (name == "message") return read_message(item);
    if (name == "function_call") return need_texts(item, {"call_id", "name", "arguments"});
    if (name == "function_call_output") return read_output(item);
    return {};
  }

 private:
  // Members that must be there and be strings; they are part of the prompt.
  refusal need_texts(const json::object& item, std::initializer_list<std::string_view> names) {
    for (const auto name : names) {
      const auto path = fmt::format("{}.{}", at_, name);
      const auto* value = find(item, name);
      if (!value) return missing_parameter(path);
      if (auto error = check_value(*value, {name, value_kind::string}, path)) return error;
      add_text(request_, "", view(value->get_string()));
    }
    return {};
  }

  refusal read_output(const json::object& item) {
    if (auto error = need_texts(item, {"call_id"})) return error;
    const auto* output = find(item, "output");
    if (!output) return missing_parameter(at_ + ".output");
    role_ = "tool";
    return read_content(*output, at_ + ".output");
  }

  refusal read_message(const json::object& item) {
    const auto* role = find(item, "role");
    if (!role) return missing_parameter(at_ + ".role");
    const parameter rule{"role", value_kind::string, -unbounded, unbounded, roles};
    if (auto error = check_value(*role, rule, at_ + ".role")) return error;
    role_ = view(role->get_string());
    if (role_ == "user") request_.user_texts.clear();
    const auto* content = find(item, "content");
    if (!content) return missing_parameter(at_ + ".content");
    return read_content(*content, at_ + ".content");
  }

  refusal read_content(const json::value& content, const std::string& path) {
    if (content.is_string()) {
      add_text(request_, role_, view(content.get_string()));
      return {};
    }
    const auto* parts = content.if_array();
    if (!parts) return invalid_type(path, "one of an array of objects or string", type_of(content));
    for (std::size_t i = 0; i < parts->size(); ++i)
      if (auto error = read_part((*parts)[i], fmt::format("{}[{}]", path, i))) return error;
    return {};
  }

  refusal read_part(const json::value& value, const std::string& path) {
    if (!value.is_object()) return invalid_type(path, "an object", type_of(value));
    const auto& part = value.get_object();
    const auto* type = find(part, "type");
    if (!type) return missing_parameter(path + ".type");
    const parameter rule{"type", value_kind::string, -unbounded, unbounded, part_types};
    if (auto error = check_value(*type, rule, path + ".type")) return error;
    const auto name = view(type->get_string());
    const bool answered = name == "output_text" || name == "refusal";
    if (name != "input_file" && (role_ == "assistant") != answered)
      return invalid_value(path, fmt::format("Invalid value: '{}'. A message with role '{}' does "
                                             "not have content of this type.",
                                             name, role_));
    if (name == "input_image") return read_image(part, path);
    return name == "input_file" ? read_file(part, path) : read_text(part, name, path);
  }

  refusal read_text(const json::object& part, std::string_view type, const std::string& path) {
    const std::string_view name = type == "refusal" ? "refusal" : "text";
    const auto member = fmt::format("{}.{}", path, name);
    const auto* text = find(part, name);
    if (!text) return missing_parameter(member);
    if (auto error = check_value(*text, {name, value_kind::string}, member)) return error;
    add_text(request_, role_, view(text->get_string()));
    return {};
  }

  // Unlike chat's, the address stands in the part itself.
  refusal read_image(const json::object& part, const std::string& path) {
    request_.prompt_tokens += tokens_per_image;
    if (find(part, "file_id")) return {};
    const auto* url = find(part, "image_url");
    if (!url) return missing_parameter(path + ".image_url");
    if (auto error = check_value(*url, {"image_url", value_kind::string}, path + ".image_url"))
      return error;
    if (is_image_url(view(url->get_string()))) return {};
    return invalid_value(path + ".image_url",
                         fmt::format("Invalid '{}.image_url'. Expected a valid URL, but got a "
                                     "value with an invalid format.",
                                     path));
  }

  refusal read_file(const json::object& part, const std::string& path) {
    constexpr std::string_view sources[] = {"file_id", "file_data", "file_url"};
    if (std::any_of(std::begin(sources), std::end(sources),
                    [&](auto name) { return find(part, name) != nullptr; }))
      return {};
    return missing_parameter(path + ".file_id");
  }

  chat_request& request_;
  std::string at_;
  std::string_view role_;
};

}  // namespace

refusal check_input(const json::value& input, chat_request& request) {
  request.prompt_tokens += tokens_of_priming;
  if (input.is_string()) {
    request.prompt_tokens += tokens_per_message;
    add_text(request, "user", view(input.get_string()));
    return {};
  }
  const auto* items = input.if_array();
  if (!items)
    return invalid_type("input", "one of a string or array of input items", type_of(input));
  if (items->empty()) return empty_array("input");
  input_reader reader(request);
  for (std::size_t i = 0; i < items->size(); ++i)
    if (auto error = reader.read_item((*items)[i], i)) return error;
  return {};
}

}  // namespace batchmill::simulator_detail
