// Where a request goes: the API's own paths, or Azure's for the same endpoints.
#pragma once

#include <string>
#include <string_view>

#include "runner/simulator/api_error.hpp"

namespace batchmill::simulator_detail {

struct address {
  address() = default;

  std::string path;        // the API's own, without a query: "/v1/embeddings"
  std::string deployment;  // Azure: it stands for the model
  bool azure = false;
  bool versioned = true;  // Azure wants an api-version, but not under /openai/v1/
};

/// Reads a request's target. Azure's are /openai/deployments/{name}/..., /openai/... and
/// /openai/v1/....
address read_address(std::string_view target);

/// "%2F" -> "/"; what is no such code stays.
std::string percent_decoded(std::string_view text);

/// Azure's own errors have other words.
api_error azure_not_found();
api_error azure_unknown_deployment();
api_error azure_wrong_key();

}  // namespace batchmill::simulator_detail
