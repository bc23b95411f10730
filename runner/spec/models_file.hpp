// The file of models that a spec names, as JSON for the catalogue.
#pragma once

#include "runner/spec/node.hpp"

namespace batchmill::spec {

/// Reads `job.models.file`, which `key` names. Only YAML is judged here; what the entries mean is
/// the catalogue's. Throws usage_error.
void read_models_file(job_spec& job, const node& key);

}  // namespace batchmill::spec
