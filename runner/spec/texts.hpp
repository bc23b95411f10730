// Texts of the spec and what they must look like.
#pragma once

#include <string>
#include <string_view>

#include "runner/spec/keys.hpp"
#include "runner/spec/node.hpp"

namespace batchmill::spec {

/// The text of a scalar that follows the rule of `k`. Throws usage_error.
std::string read_text(const node& value, const key& k);

/// Line breaks would end a header or a line of output.
bool has_control(std::string_view text);

}  // namespace batchmill::spec
