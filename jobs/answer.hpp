// The part of reading a response that is the same everywhere: is it JSON, and is it an error?
#pragma once

#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "batchmill/api_error.hpp"
#include "batchmill/job.hpp"

namespace batchmill::jobs {

/// Judges failures. Knows enough of the spec to tell a person what to do when the run must stop.
class failure_judge {
 public:
  failure_judge(const job_spec& spec, row_format format);

  /// For a response that is no success, or that holds an `error`. `body` becomes reading::body.
  reading judge(int status, const api_error& error, std::string body) const;

 private:
  bool stops_for_model(const api_error& error) const;
  std::string advice(int status, const api_error& error) const;

  std::string model_;        // of the spec, or of its template
  bool only_model_ = false;  // every row is sent with it
  std::string model_place_;
  std::string key_source_;  // "the environment variable OPENAI_API_KEY"
};

/// A response that is complete but not what was asked for. It may be better when sent again.
reading malformed(std::string body, const std::string& what);

/// The answer as a JSON string, for what is no JSON; at most 16 KiB of it.
std::string quoted_beginning(std::string_view text);

/// A response with an error status: judged, whatever its body is.
reading read_failure(const http_response& response, const failure_judge& judge);

/// A successful response's body as minified JSON; for every other response what it means.
boost::system::result<std::string, reading> read_json_body(const http_response& response,
                                                           const failure_judge& judge);

/// What the string `key` of a raw object says; empty where there is none.
std::string text_of(std::string_view object, std::string_view key);

/// Is a member there and not null?
bool is_given(std::string_view raw);

/// An answer with success for its status and an `error` within.
reading read_inner_error(int status, std::string body, const failure_judge& judge);

}  // namespace batchmill::jobs
