// Keeps API keys out of specs: a spec is shared and committed.
#pragma once

#include <string_view>

#include "runner/spec/node.hpp"

namespace batchmill::spec {

/// Throws usage_error when a value anywhere looks like an API key. Run this before anything that
/// may repeat a value in a message.
void refuse_keys(const node& root);

/// Would a key of the spec with this name hold the API key itself? "api_key", "token", ...
bool names_a_secret(std::string_view name);

/// Would a header of this name authenticate?
bool header_is_secret(std::string_view name);

/// Does a header of this name carry something that messages had better not show?
bool header_is_private(std::string_view name);

/// `what` begins the sentence, e.g. "`api.key` holds the API key itself".
[[noreturn]] void refuse_secret(const place& at, std::string_view what);

}  // namespace batchmill::spec
