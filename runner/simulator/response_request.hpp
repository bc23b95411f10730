// A request to /v1/responses that was checked.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "runner/simulator/api_error.hpp"
#include "runner/simulator/chat_request.hpp"

namespace batchmill::simulator_detail {

/// Views and pointers are into the request's JSON.
struct response_request {
  response_request() = default;

  chat_request asked;                         // what the model is to do, as if it came by chat
  const boost::json::object* body = nullptr;  // much of it is repeated in the answer
  std::string_view previous;                  // id of the response that this one continues
  bool store = true;
  bool streams = false;
  bool fails = false;  // a fault wants it so
};

/// Checks `body` as strictly as the API does and fills `request`.
refusal check_response(const boost::json::object& body, response_request& request);

/// `input`: a string or items.
refusal check_input(const boost::json::value& input, chat_request& request);

/// `text.format`, `tools` and `tool_choice`: what shape the answer has.
refusal check_response_shape(const boost::json::object& body, chat_request& request);

}  // namespace batchmill::simulator_detail
