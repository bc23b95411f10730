// Where the remote objects are under the base URL. Pure.
#pragma once

#include <string>
#include <string_view>

#include "batchmill/job_spec.hpp"

namespace batchmill {

class api_paths {
 public:
  /// The API itself: "/v1" + path, or the base URL's own path in the place of "/v1". Azure:
  /// "/openai" + path with `api-version`, or below ".../openai/v1" as the API itself. A query of
  /// the base URL is kept.
  explicit api_paths(const api_spec& api);

  /// The request target of e.g. "/files/file-1/content". `query` without question mark.
  std::string target(std::string_view path, std::string_view query = {}) const;

 private:
  std::string base_;
  std::string query_;
};

/// A file or batch id, or any other text, as a piece of a path or query.
std::string url_escaped(std::string_view text);

}  // namespace batchmill
