// The response object of /v1/responses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runner/simulator/chat_answer.hpp"
#include "runner/simulator/endpoint.hpp"
#include "runner/simulator/json_writer.hpp"
#include "runner/simulator/response_request.hpp"

namespace batchmill::simulator_detail {

/// How it ended. All of it follows from the request and `hash`.
struct response_result {
  response_result(const response_request& r, std::uint64_t h);

  const response_request& request;
  std::uint64_t hash;
  std::string id;
  std::string item_id;  // of the only output
  chat_choice choice;
  token_usage usage;
  std::string_view status;  // "completed", "incomplete" or "failed"
};

/// The whole object. With `begun`, as it is at first: in progress and without output.
void write_response(json_writer& json, const response_result& result, bool begun = false);

/// The message or function call. With `begun`, still empty.
void write_item(json_writer& json, const response_result& result, bool begun = false);

/// A text part of a message.
void write_text_part(json_writer& json, std::string_view text);

}  // namespace batchmill::simulator_detail
