// A fine-tuning job, its events and its checkpoints as the API shows them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/simulator/fine_tuning/hyperparameters.hpp"
#include "runner/simulator/json_writer.hpp"
#include "runner/simulator/simulated_clock.hpp"

namespace batchmill::simulator_detail {

enum class tuning_status {
  validating_files,
  queued,
  running,
  paused,
  // It stays as it is from here on:
  succeeded,
  failed,
  cancelled,
};

constexpr bool is_final(tuning_status status) {
  return status >= tuning_status::succeeded;
}

std::string_view name_of(tuning_status status);

/// Why a job failed.
struct tuning_error {
  tuning_error() = default;
  tuning_error(std::string c, std::string m, std::string p)
      : code(std::move(c)), message(std::move(m)), param(std::move(p)) {}

  std::string code;
  std::string message;
  std::string param;  // null when empty
};

struct tuning_facts {
  tuning_facts() = default;

  std::string id;
  std::string model;  // the snapshot
  std::string training_file;
  std::string validation_file;  // empty: none
  std::string suffix;           // empty: none
  std::int64_t seed = 0;
  tuning_method method = tuning_method::supervised;
  hyperparameters parameters;
  std::string grader;        // JSON, of reinforcement
  std::string integrations;  // JSON; empty: none
  std::vector<std::pair<std::string, std::string>> metadata;

  tuning_status status = tuning_status::validating_files;
  moment created = 0;
  moment finished = 0;          // 0: not yet
  moment estimated_finish = 0;  // 0: it is not running
  std::string tuned_model;      // empty: not yet
  std::string result_file;      // empty: not yet
  std::optional<std::int64_t> trained_tokens;
  std::optional<tuning_error> error;
};

/// The loss and accuracy at a step.
struct training_metrics {
  training_metrics() = default;

  std::int64_t step = 0;
  double train_loss = 0;
  double train_accuracy = 0;
  std::optional<double> valid_loss;  // of a few of its examples
  std::optional<double> valid_accuracy;
  std::optional<double> full_valid_loss;  // of all
  std::optional<double> full_valid_accuracy;
};

struct tuning_event {
  tuning_event() = default;

  std::string id;
  moment created = 0;
  std::string level = "info";
  std::string message;
  std::optional<training_metrics> metrics;
  std::int64_t total_steps = 0;
};

struct tuning_checkpoint {
  tuning_checkpoint() = default;

  std::string id;
  std::string job;
  std::string model;
  moment created = 0;
  training_metrics metrics;
};

/// For lists.
inline const std::string& id_of(const tuning_event& event) {
  return event.id;
}
inline const std::string& id_of(const tuning_checkpoint& checkpoint) {
  return checkpoint.id;
}

void write_metadata(json_writer& json, const tuning_facts& job);
void write_job(json_writer& json, const tuning_facts& job);
void write_event(json_writer& json, const tuning_event& event);
void write_checkpoint(json_writer& json, const tuning_checkpoint& checkpoint);

}  // namespace batchmill::simulator_detail
