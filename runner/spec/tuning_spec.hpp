// What a fine-tuning job is made of: the YAML spec of `batchmill finetune submit`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "batchmill/job_spec.hpp"

namespace batchmill {

struct tuning_spec {
  tuning_spec() = default;

  std::string file;             // the spec's path as given
  std::string training_file;    // paths from here
  std::string validation_file;  // empty: none
  std::string model;
  std::string method = "supervised";  // or "dpo", "reinforcement"
  std::optional<std::uint64_t> epochs;
  std::string hyperparameters;  // JSON; empty: as the server likes
  std::string grader;           // JSON, of reinforcement
  std::string suffix;           // empty: none
  std::optional<std::int64_t> seed;
  std::string integrations;  // JSON; empty: none
  std::vector<std::pair<std::string, std::string>> metadata;
  job_spec way;  // `api`, `retry` and `models`: how to reach the server, what models cost
};

/// Who only asks for a job needs not the data that it was made of.
enum class named_files { must_exist, may_be_gone };

/// Throws usage_error: one sentence with file:line:column.
tuning_spec load_tuning_spec(const std::string& path, named_files files = named_files::must_exist);

}  // namespace batchmill
