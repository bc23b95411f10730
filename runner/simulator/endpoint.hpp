// What an endpoint is to the service: a function that checks a request and promises an answer.
#pragma once

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "batchmill/outcome.hpp"
#include "runner/simulator/api_error.hpp"
#include "runner/simulator/exchange.hpp"
#include "runner/simulator/multipart.hpp"

namespace batchmill::simulator_detail {

/// A request on its way to an endpoint. Outlives the admission and its answer.
struct call {
  const sim_request& request;
  const boost::json::object& body;  // the JSON, or the fields of the form; else empty
  const form_data& form;            // else empty
  std::string_view id;              // what stands for {id} in the route's path
  std::uint64_t hash = 0;           // of seed, target and body: variety comes from it
  std::uint64_t seed = 0;           // of all: for what follows from a part of the request
  bool fails = false;               // the model is to fail, where the answer can say so
  bool exact_usage = false;         // the prompt's tokens are counted, not estimated
  bool off_schema = false;          // the answer's text is to be another than what was asked for
};

struct reply {
  reply() = default;

  std::string body;
  std::string content_type = "application/json";
  token_usage usage;
  bool streamed = false;  // goes out event by event
  int status = 200;
  std::string headers;                 // further header lines
  std::optional<stored_range> stored;  // instead of `body`
  delivery how = delivery::whole;
};

/// A request that is in order. It is charged to its model's limits first, then answered.
struct admission {
  admission() = default;

  std::string model;                // as the request names it; empty: no limits apply
  std::int64_t charged_tokens = 0;  // against tokens per minute
  std::int64_t input_tokens = 0;    // the prompt, estimated; with the next one 0: not known apart
  std::int64_t output_tokens = 0;   // at most, of all choices together
  std::function<reply()> answer;
};

using admission_result = boost::system::result<admission, api_error>;
using endpoint = std::function<admission_result(const call&)>;

}  // namespace batchmill::simulator_detail
