// Bytes that stand in JSON as base64 (RFC 4648, section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace batchmill::jobs {

/// Nothing where `text` is no base64. The padding may be missing.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace batchmill::jobs
