#include "runner/net/environment.hpp"

#include <cstdlib>

namespace batchmill {

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (!value) return std::nullopt;
  return value;
}

}  // namespace batchmill
