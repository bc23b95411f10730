// YAML values as JSON text. Written by hand because numbers must keep their spelling.
#pragma once

#include <string>
#include <string_view>

#include "runner/spec/node.hpp"

namespace batchmill::spec {

/// Throws usage_error for numbers that JSON does not have.
json_fragment to_json(const node& value);

/// The JSON string literal of `text`, which is valid UTF-8.
std::string quote_json(std::string_view text);

}  // namespace batchmill::spec
