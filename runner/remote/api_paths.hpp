// Where the remote objects are under the base URL. Pure.
#pragma once

#include <string>
#include <string_view>

#include "batchmill/job_spec.hpp"

namespace batchmill {

class api_paths {
 public:
  /// As with the endpoints of rows: the path of the base URL, then "/v1" where `endpoint`, one of
  /// the same server, has it too. Azure: "/openai" with `api-version` as query, or ".../openai/v1".
  /// A query of the base URL is kept.
  explicit api_paths(const api_spec& api, std::string_view endpoint = "/v1/files");

  /// The request target of e.g. "/files/file-1/content". `query` without question mark.
  std::string target(std::string_view path, std::string_view query = {}) const;

 private:
  std::string base_;
  std::string query_;
};

}  // namespace batchmill
