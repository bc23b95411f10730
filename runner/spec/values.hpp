// A value of the tree, checked and put into its field.
#pragma once

#include "runner/spec/keys.hpp"
#include "runner/spec/node.hpp"

namespace batchmill::spec {

/// Reads `value` into the field of `spec` that `k` describes. Throws usage_error.
void read_value(const node& value, const key& k, job_spec& spec);

}  // namespace batchmill::spec
