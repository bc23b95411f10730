// What a key may hold, in words.
#pragma once

#include <string>

#include "runner/spec/keys.hpp"
#include "runner/spec/node.hpp"

namespace batchmill::spec {

/// "a share above 0 and up to 1, or a percentage, or auto".
std::string expectation(const key& k);

/// "`k` must be ..., not ...; write for example ...".
[[noreturn]] void fail_value(const node& value, const key& k);

}  // namespace batchmill::spec
