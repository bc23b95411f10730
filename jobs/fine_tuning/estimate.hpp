// How long training goes on, and what it costs.
#pragma once

#include <cstdint>
#include <optional>

#include "batchmill/fine_tuning.hpp"

namespace batchmill::fine_tuning {

/// The passes over the examples that the service chooses, by the rule of OpenAI's cookbook.
std::uint64_t usual_epochs(std::uint64_t examples);

training_estimate estimate(const file_report& training, const std::optional<model_info>& model,
                           std::optional<std::uint64_t> epochs);

}  // namespace batchmill::fine_tuning
