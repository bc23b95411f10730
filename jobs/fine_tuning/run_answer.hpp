// The answers that a run's output holds, and the conversations that were asked.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace batchmill::fine_tuning {

struct run_answer {
  std::string text;   // raw JSON string; empty: the model called tools instead
  std::string calls;  // raw list of tool calls; empty: none
};

/// Of an output line, in each of its formats; nothing where the row failed or was not answered.
std::optional<run_answer> answer_of(std::string_view output_line);

/// The beginning of an example, all but the closing bracket of its messages, and what follows them:
/// made of the body of a request for a chat or a response. Nothing for what is neither.
struct asked_conversation {
  std::string messages;  // raw, without brackets
  std::string rest;      // ",\"tools\":[...]"
};
std::optional<asked_conversation> conversation_of(std::string_view body);

/// The answer as a message.
std::string message_of(const run_answer& answer);

}  // namespace batchmill::fine_tuning
