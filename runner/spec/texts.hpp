// Texts of the spec and what they must look like.
#pragma once

#include <string>

#include "runner/spec/keys.hpp"
#include "runner/spec/node.hpp"

namespace batchmill::spec {

/// The text of a scalar that follows the rule of `k`. Throws usage_error.
std::string read_text(const node& value, const key& k);

/// Headers of every request. Throws usage_error for those that are malformed, batchmill's own, or
/// hold a key.
header_list read_headers(const node& mapping);

/// "`k` must be ..., not ...; write for example ...".
[[noreturn]] void fail_value(const node& value, const key& k);

}  // namespace batchmill::spec
