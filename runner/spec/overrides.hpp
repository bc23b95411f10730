// `--set key.path=value`: changes the tree before it is checked, so that both are checked alike.
#pragma once

#include <string>

#include "runner/spec/node.hpp"

namespace batchmill::spec {

/// Throws usage_error whose place is "--set key.path".
void apply_override(node& root, const std::string& setting);

}  // namespace batchmill::spec
