// One line of a training or validation file: what is wrong with it, and how long it is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runner/simulator/fine_tuning/hyperparameters.hpp"
#include "runner/simulator/fine_tuning/lessons.hpp"

namespace batchmill::simulator_detail {

/// What a line is to be.
struct training_shape {
  tuning_method method = tuning_method::supervised;
  std::string model;
  bool completions = false;  // a prompt and a completion, of the oldest models
};

/// Why the line cannot be trained on; empty when it can.
std::string fault_of(std::string_view line, const training_shape& shape);

/// Teaches what a line without fault says: to the last words of a user the answer that follows.
void teach(std::string_view line, const training_shape& shape, lessons& learned);

/// Of a line without fault, cut off where the model cuts it.
std::int64_t tokens_of(std::string_view line, const training_shape& shape);

}  // namespace batchmill::simulator_detail
