// How a training goes: its steps, and the loss at each of them. Pure; the same seed, the same
// curve.
#pragma once

#include <cstdint>
#include <string>

#include "runner/simulator/fine_tuning/tuning_job.hpp"

namespace batchmill::simulator_detail {

class training_curve {
 public:
  training_curve() = default;

  /// `parameters` have no open ones. `validated`: there is a validation file.
  training_curve(const hyperparameters& parameters, std::int64_t examples, bool validated,
                 std::uint64_t seed);

  std::int64_t steps() const { return steps_; }

  /// Does an epoch end with the step?
  bool ends_epoch(std::int64_t step) const { return step % steps_of_epoch_ == 0; }

  /// Of long trainings not every step is told of; the last one of an epoch is.
  bool is_told(std::int64_t step) const {
    return step % every_ == 0 || ends_epoch(step) || step == 1;
  }

  /// `step` is 1 to steps().
  training_metrics at(std::int64_t step) const;

 private:
  double loss(std::int64_t step, std::uint64_t which, double above) const;

  std::int64_t steps_ = 0;
  std::int64_t steps_of_epoch_ = 1;
  std::int64_t every_ = 1;
  bool validated_ = false;
  std::uint64_t seed_ = 0;
};

/// "Step 3/90: training loss=1.23, validation loss=1.31".
std::string step_text(const training_metrics& metrics, std::int64_t steps);

/// The head of the result file, and a line of it.
std::string_view result_head();
std::string result_line(const training_metrics& metrics);

}  // namespace batchmill::simulator_detail
