#include "runner/simulator/fine_tuning/training_curve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runner/simulator/dice.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::int64_t most_told = 1'000;       // steps of a job
constexpr std::int64_t validation_period = 10;  // steps between looks at the validation file

double rounded(double value) {
  return std::round(value * 1e5) / 1e5;
}

double accuracy_of(double loss) {
  return rounded(std::clamp(std::exp(-0.5 * loss), 0.0, 1.0));
}

std::string cell(const std::optional<double>& value) {
  return value ? fmt::format("{}", *value) : "";
}

}  // namespace

training_curve::training_curve(const hyperparameters& parameters, std::int64_t examples,
                               bool validated, std::uint64_t seed)
    : steps_of_epoch_(std::max<std::int64_t>(
          1, (examples + *parameters.batch_size - 1) / *parameters.batch_size)),
      validated_(validated),
      seed_(seed) {
  steps_ = steps_of_epoch_ * *parameters.epochs;
  every_ = std::max<std::int64_t>(1, steps_ / most_told);
}

// It falls from about 2 to about 0.2, with some noise.
double training_curve::loss(std::int64_t step, std::uint64_t which, double above) const {
  const double progress = static_cast<double>(step) / static_cast<double>(steps_);
  dice die(hash_pair(hash_pair(seed_, which), static_cast<std::uint64_t>(step)));
  const double smooth = 0.2 + 1.8 * std::exp(-4 * progress) + above * progress;
  return rounded(std::max(0.01, smooth * (1 + 0.08 * die.normal())));
}

training_metrics training_curve::at(std::int64_t step) const {
  training_metrics metrics;
  metrics.step = step;
  metrics.train_loss = loss(step, 1, 0);
  metrics.train_accuracy = accuracy_of(metrics.train_loss);
  if (!validated_) return metrics;
  if (step % validation_period == 0 || ends_epoch(step)) {
    metrics.valid_loss = loss(step, 2, 0.15);
    metrics.valid_accuracy = accuracy_of(*metrics.valid_loss);
  }
  if (ends_epoch(step)) {
    metrics.full_valid_loss = loss(step, 3, 0.15);
    metrics.full_valid_accuracy = accuracy_of(*metrics.full_valid_loss);
  }
  return metrics;
}

std::string step_text(const training_metrics& metrics, std::int64_t steps) {
  auto text =
      fmt::format("Step {}/{}: training loss={:.2f}", metrics.step, steps, metrics.train_loss);
  if (metrics.valid_loss) text += fmt::format(", validation loss={:.2f}", *metrics.valid_loss);
  if (metrics.full_valid_loss)
    text += fmt::format(", full validation loss={:.2f}", *metrics.full_valid_loss);
  return text;
}

std::string_view result_head() {
  return "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n";
}

std::string result_line(const training_metrics& metrics) {
  return fmt::format("{},{},{},{},{}\n", metrics.step, metrics.train_loss, metrics.train_accuracy,
                     cell(metrics.valid_loss), cell(metrics.valid_accuracy));
}

}  // namespace batchmill::simulator_detail
