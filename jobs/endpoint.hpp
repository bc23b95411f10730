// Where requests go: the endpoint's short name, and the request target under the base URL.
#pragma once

#include <string>
#include <string_view>

#include "batchmill/job_spec.hpp"

namespace batchmill::jobs {

/// The endpoint without "/v1" in front and without a query: "/chat/completions".
std::string_view short_endpoint(std::string_view endpoint);

/// The request target of `spec.endpoint` below the path of `spec.api.base_url`. A base path that
/// ends in "/v1" and an endpoint that starts with it name it once; a query of the base URL is kept.
/// Throws usage_error when no request target can come of them.
///
/// On Azure most addresses name the deployment: there `deployment_mark` stands for it.
std::string request_target(const job_spec& spec);

inline constexpr std::string_view deployment_mark = "{deployment}";

/// Puts a model's name in the mark's place; without a mark nothing changes.
std::string target_for_model(const std::string& target, std::string_view model);

}  // namespace batchmill::jobs
