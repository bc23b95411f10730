// An error body of the API, or of anything that stands in front of it, and what it means.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "batchmill/job.hpp"

namespace batchmill {

/// Empty strings where the server said nothing.
struct api_error {
  api_error() = default;

  std::string type;
  std::string code;
  std::string message;
  std::string param;
  std::optional<duration> wait;  // "Please try again in 1.5s"

  /// What stands for the failure in one word: the code, else the type, else "http_error".
  std::string name() const;
};

/// Reads {"error":{...}}, {"error":"text"}, {"detail":...} or the members at the top level, from
/// valid JSON.
api_error read_api_error(std::string_view json);

/// For a body that is no JSON, such as a proxy's HTML page: its beginning is the message.
api_error read_error_text(std::string_view text);

/// Decides by code, then type, then message, then status. For an error inside of a 2xx answer a
/// numeric code stands for the status.
answer_kind classify(int status, const api_error& error);

/// Does the server not know the model?
bool is_unknown_model(const api_error& error);

}  // namespace batchmill
