// YAML text into a tree of located values.
#pragma once

#include <optional>

#include "runner/spec/node.hpp"
#include "runner/spec/yaml_text.hpp"

namespace batchmill::spec {

/// The one document in `text`; nothing when there is none. Throws usage_error for what is no YAML,
/// for keys that are given twice or are no text, for tags, and for a second document.
std::optional<node> parse_yaml(const yaml_text& text);

}  // namespace batchmill::spec
