#include "jobs/fine_tuning/run_answer.hpp"

#include "batchmill/json_text.hpp"

namespace batchmill::fine_tuning {

namespace {

using json::kind;
using json::kind_of;

std::string_view first_of(std::string_view array) {
  std::string_view first;
  json::for_each_element(array, [&](std::string_view value) {
    first = value;
    return false;
  });
  return first;
}

std::string_view member(std::string_view object, std::string_view key) {
  return json::member(object, key).value_or("");
}

bool is_text(std::string_view raw) {
  return kind_of(raw) == kind::string && raw.size() > 2;
}

/// The texts of a response's output, joined.
std::string output_text(std::string_view output) {
  std::string text;
  json::for_each_element(output, [&](std::string_view item) {
    json::for_each_element(member(item, "content"), [&](std::string_view part) {
      const std::string_view piece = member(part, "text");
      if (is_text(piece)) text += piece.substr(1, piece.size() - 2);
      return true;
    });
    return true;
  });
  return text.empty() ? text : "\"" + text + "\"";
}

run_answer answer_in(std::string_view body) {
  run_answer answer;
  const std::string_view choice = first_of(member(body, "choices"));
  const std::string_view message = member(choice, "message");
  if (is_text(member(message, "content"))) answer.text = member(message, "content");
  if (is_text(member(choice, "text"))) answer.text = member(choice, "text");
  const std::string_view calls = member(message, "tool_calls");
  if (!first_of(calls).empty()) answer.calls = calls;
  if (choice.empty()) answer.text = output_text(member(body, "output"));
  return answer;
}

std::string message(std::string_view role, std::string_view raw_text) {
  return R"({"role":")" + std::string(role) + R"(","content":)" + std::string(raw_text) + "}";
}

}  // namespace

std::optional<run_answer> answer_of(std::string_view output_line) {
  const std::string_view error = member(output_line, "error");
  if (!error.empty() && error != "null") return std::nullopt;
  run_answer answer;
  const std::string_view response = member(output_line, "response");
  if (kind_of(response) == kind::object) {
    if (const auto status = json::integer(member(response, "status_code")); status != 200) {
      return std::nullopt;
    }
    answer = answer_in(member(response, "body"));
  } else if (is_text(member(output_line, "text"))) {
    answer.text = member(output_line, "text");
  }
  if (answer.text.empty() && answer.calls.empty()) return std::nullopt;
  return answer;
}

std::optional<asked_conversation> conversation_of(std::string_view body) {
  asked_conversation asked;
  for (const char* key : {"tools", "functions", "parallel_tool_calls"}) {
    const std::string_view value = member(body, key);
    if (!value.empty()) asked.rest += std::string(",\"") + key + "\":" + std::string(value);
  }
  const std::string_view messages = member(body, "messages");
  if (kind_of(messages) == kind::array && !first_of(messages).empty()) {
    asked.messages = messages.substr(1, messages.size() - 2);
    return asked;
  }
  const std::string_view input = member(body, "input");
  if (!is_text(input)) return std::nullopt;
  const std::string_view instructions = member(body, "instructions");
  if (is_text(instructions)) asked.messages = message("system", instructions) + ",";
  asked.messages += message("user", input);
  asked.rest.clear();  // tools of responses are written in another way
  return asked;
}

std::string message_of(const run_answer& answer) {
  std::string text = message("assistant", answer.text.empty() ? "null" : answer.text);
  if (!answer.calls.empty()) {
    text.pop_back();
    text += ",\"tool_calls\":" + answer.calls + "}";
  }
  return text;
}

}  // namespace batchmill::fine_tuning
