// What a plain scalar means (YAML 1.2, core schema), and numbers as specs write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runner/spec/node.hpp"

namespace batchmill::spec {

enum class scalar_kind { text, boolean, integer, real, not_finite };

/// Quoted scalars are text. yes, no, on and off are text too: they are YAML 1.1.
scalar_kind kind_of(const node& scalar);

/// A scalar of kind boolean, integer or real as JSON; its spelling is kept where JSON has it.
/// Nothing for a hexadecimal or octal number of more than 64 bits.
std::optional<std::string> as_json_number(std::string_view plain);

/// A decimal number, also written 2_000_000, 1.5 or 2e6; nothing for anything else.
std::optional<double> parse_decimal(std::string_view text);

/// Foreign text for messages: one short line.
std::string in_one_line(std::string_view text);

/// "a list", "the text \"5\"", "fast": what stands at a place, for messages; one short line.
std::string describe(const node& value);

}  // namespace batchmill::spec
