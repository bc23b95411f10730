// A comparison of models in words and as JSON.
#pragma once

#include <string>

#include "batchmill/fine_tuning_comparison.hpp"

namespace batchmill {

/// What each model is worth, side by side, the labels, and some prompts that were answered
/// differently.
std::string comparison_text(const fine_tuning::comparison& made);

/// One object on a line, with its end.
std::string comparison_json(const fine_tuning::comparison& made);

}  // namespace batchmill
