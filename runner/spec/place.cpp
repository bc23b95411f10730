// Where a value of the spec was written, and the one way to complain about it.
#include "runner/spec/place.hpp"

#include <fmt/format.h>

#include "batchmill/error.hpp"

namespace batchmill::spec {

std::string to_string(const place& at) {
  if (at.mark.line == 0) return *at.source;
  return fmt::format("{}:{}:{}", *at.source, at.mark.line, at.mark.column);
}

void fail(const place& at, std::string_view sentence) {
  throw usage_error(fmt::format("{}: {}", to_string(at), sentence));
}

}  // namespace batchmill::spec
