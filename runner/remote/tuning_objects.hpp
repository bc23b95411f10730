// Fine-tuning jobs, their events and checkpoints, read from the API's JSON. Pure, and as lenient as
// objects.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/remote/objects.hpp"

namespace batchmill {

/// Where is a job in its life?
enum class tuning_status {
  validating_files,  // the files are being read
  queued,            // waits for its turn
  running,           // trains
  paused,            // rests until it is resumed
  succeeded,         // the model is there
  failed,            // see `problem`
  cancelled,         // stopped; checkpoints stay
  unknown,           // a word this program does not know: treated as unfinished
};

/// "running"; of unknown ones "unknown".
const char* to_string(tuning_status status);

/// Will it change no more?
bool is_final(tuning_status status);

struct tuning_problem {
  tuning_problem() = default;

  std::string code;     // "invalid_training_file"
  std::string message;  // as the server wrote it
  std::string param;    // "training_file"
};

struct remote_tuning_job {
  remote_tuning_job() = default;

  /// The value under `key` of its metadata; empty when there is none.
  std::string_view tag(std::string_view key) const;

  std::string id;
  tuning_status status = tuning_status::unknown;
  std::string status_text;      // as the server wrote it
  std::string model;            // the base
  std::string tuned_model;      // empty: not yet
  std::string training_file;    // ids
  std::string validation_file;  // empty: none
  std::string suffix;
  std::string method;  // "supervised", "dpo", "reinforcement"; empty on older servers
  std::vector<std::pair<std::string, std::string>>
      hyperparameters;  // values as the server has them
  std::vector<std::string> result_files;
  unix_seconds created_at = 0;
  unix_seconds finished_at = 0;
  unix_seconds estimated_finish = 0;
  std::optional<std::int64_t> trained_tokens;
  std::optional<std::int64_t> seed;
  std::optional<tuning_problem> problem;
  std::vector<std::pair<std::string, std::string>> metadata;
};

/// What was measured at a step; what the server does not say is absent.
struct tuning_metrics {
  tuning_metrics() = default;

  std::int64_t step = 0;
  std::int64_t total_steps = 0;  // 0: not told
  std::optional<double> train_loss;
  std::optional<double> train_accuracy;
  std::optional<double> valid_loss;
  std::optional<double> valid_accuracy;
  std::optional<double> full_valid_loss;
  std::optional<double> full_valid_accuracy;
};

struct remote_tuning_event {
  remote_tuning_event() = default;

  std::string id;
  unix_seconds created_at = 0;
  std::string level;  // "info", "warn", "error"
  std::string message;
  std::optional<tuning_metrics> metrics;
};

struct remote_checkpoint {
  remote_checkpoint() = default;

  std::string id;
  std::string model;  // may be asked like any other
  unix_seconds created_at = 0;
  tuning_metrics metrics;
};

read_result<remote_tuning_job> read_tuning_job(std::string_view json);
read_result<remote_page<remote_tuning_job>> read_tuning_job_page(std::string_view json);
read_result<remote_page<remote_tuning_event>> read_tuning_event_page(std::string_view json);
read_result<remote_page<remote_checkpoint>> read_checkpoint_page(std::string_view json);

}  // namespace batchmill
