// Text that matches a regular expression, for JSON Schema's `pattern`.
#pragma once

#include <string>
#include <string_view>

#include "runner/simulator/dice.hpp"

namespace batchmill::simulator_detail {

/// Understands literals, escapes, classes, groups, alternatives, quantifiers and anchors at the
/// ends. What it does not understand (look-around, back references) is passed over.
std::string sample_pattern(std::string_view pattern, dice& die);

}  // namespace batchmill::simulator_detail
