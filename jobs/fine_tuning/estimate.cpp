#include "jobs/fine_tuning/estimate.hpp"

#include <algorithm>

namespace batchmill::fine_tuning {

// https://github.com/openai/openai-cookbook/blob/main/examples/Chat_finetuning_data_prep.ipynb
std::uint64_t usual_epochs(std::uint64_t examples) {
  constexpr std::uint64_t target = 3;
  constexpr std::uint64_t least_examples = 100;
  constexpr std::uint64_t most_examples = 25'000;
  constexpr std::uint64_t most_epochs = 25;
  if (examples == 0) return 0;
  if (examples * target < least_examples) return std::min(most_epochs, least_examples / examples);
  if (examples * target > most_examples)
    return std::max<std::uint64_t>(1, most_examples / examples);
  return target;
}

training_estimate estimate(const file_report& training, const std::optional<model_info>& model,
                           std::optional<std::uint64_t> epochs) {
  training_estimate result;
  result.epochs_chosen = epochs.has_value();
  result.epochs = epochs.value_or(usual_epochs(training.examples));
  result.billable_tokens = training.tokens_per_epoch * static_cast<std::int64_t>(result.epochs);
  if (!model) {
    result.unknown = "the model is not known; name one with --model";
  } else if (!model->tuning) {
    result.unknown = "the model has no price for training";
  } else if (model->tuning->price) {
    result.price =
        money::dollars(static_cast<double>(result.billable_tokens) * *model->tuning->price / 1e6);
  } else if (model->tuning->hourly_price) {
    result.dollars_per_hour = model->tuning->hourly_price;
    result.unknown = "training is billed by the hour";
  } else {
    result.unknown = "the model's price for training is not known";
  }
  return result;
}

}  // namespace batchmill::fine_tuning
