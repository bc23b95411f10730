// Headers of every request: those of the user, not batchmill's own, and no keys.
#pragma once

#include "runner/spec/keys.hpp"
#include "runner/spec/node.hpp"

namespace batchmill::spec {

/// Throws usage_error for headers that are malformed, batchmill's own, or hold a key.
header_list read_headers(const node& mapping);

}  // namespace batchmill::spec
