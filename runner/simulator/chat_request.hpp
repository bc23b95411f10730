// A chat request that was checked: what the answer depends on.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string_view>
#include <vector>

#include "runner/simulator/api_error.hpp"
#include "runner/simulator/models.hpp"

namespace batchmill::simulator_detail {

enum class answer_shape {
  text,
  json_object,  // response_format: json_object
  json_schema,  // response_format: json_schema; `schema` says which
  tool_call,    // tool_choice forces `tool`; `schema` are its parameters
};

constexpr std::int64_t tokens_per_message = 4, tokens_of_priming = 3, tokens_per_image = 85;

/// Views and pointers are into the request's JSON.
struct chat_request {
  chat_request() = default;

  std::string_view model;
  model_facts facts;
  std::vector<std::string_view> instructions;  // texts of system and developer messages
  std::vector<std::string_view> user_texts;    // of the last user message
  std::int64_t characters = 0;                 // of all messages
  std::int64_t prompt_tokens = 0;
  std::int64_t max_tokens = 0;  // 0: no bound given
  std::int64_t choices = 1;
  bool logprobs = false;
  std::int64_t top_logprobs = 0;
  std::vector<std::string_view> stops;
  answer_shape shape = answer_shape::text;
  const boost::json::value* schema = nullptr;  // null: anything
  std::string_view tool;
  std::string_view finish_reason = "stop";
  std::string_view learned;  // not from the request: what a tuned model has learned to say to it
  bool off_schema = false;   // not from the request: a fault spoils the text
  bool streams = false;
  bool streams_usage = false;  // in a last event of its own
};

/// Checks `body` as strictly as the API does and fills `request`.
refusal check_chat(const boost::json::object& body, chat_request& request);

/// The messages alone: roles, contents, and the texts that are in them.
refusal check_messages(const boost::json::value& messages, chat_request& request);

/// Counts a text and notes it where the answer looks for it.
void add_text(chat_request& request, std::string_view role, std::string_view text);

/// `response_format`, `tools` and `tool_choice`: what shape the answer has.
refusal check_shape(const boost::json::object& body, chat_request& request);

}  // namespace batchmill::simulator_detail
