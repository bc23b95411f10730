// What to say about a key that does not exist.
#pragma once

#include <string_view>

#include "runner/spec/place.hpp"

namespace batchmill::spec {

/// Throws usage_error with the nearest right name, or the level where the name belongs.
[[noreturn]] void fail_unknown(const place& at, std::string_view section, std::string_view name);

}  // namespace batchmill::spec
