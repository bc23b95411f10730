// Environment variables as a function, so that what depends on them can be tested.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace batchmill {

/// The value of a variable; nothing when it is not set.
using env_lookup = std::function<std::optional<std::string>(const std::string& name)>;

/// Looks at the process's own environment.
std::optional<std::string> process_environment(const std::string& name);

}  // namespace batchmill
