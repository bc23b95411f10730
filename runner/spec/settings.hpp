// `--set key.path=value` for a job that has no file of its own.
#pragma once

#include <string>
#include <vector>

#include "batchmill/job_spec.hpp"

namespace batchmill::spec {

/// Puts "key.path=value" settings into `job`. Throws usage_error whose place is "--set key.path".
void apply_settings(const std::vector<std::string>& settings, job_spec& job);

}  // namespace batchmill::spec
