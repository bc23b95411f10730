// A batch as the API shows it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "batchmill/outcome.hpp"
#include "runner/simulator/json_writer.hpp"
#include "runner/simulator/simulated_clock.hpp"

namespace batchmill::simulator_detail {

enum class batch_status {
  validating,
  in_progress,
  finalizing,
  cancelling,
  // It stays as it is from here on:
  failed,
  completed,
  expired,
  cancelled,
};

constexpr bool is_final(batch_status status) {
  return status >= batch_status::failed;
}

std::string_view name_of(batch_status status);

/// What is wrong with the input file.
struct batch_error {
  batch_error() = default;
  batch_error(std::string c, std::string m, std::int64_t l = 0)
      : code(std::move(c)), message(std::move(m)), line(l) {}

  std::string code;
  std::string message;
  std::int64_t line = 0;  // from 1; 0: none in particular
};

/// When a batch got where; 0: not yet.
struct batch_moments {
  moment created = 0;
  moment in_progress = 0;
  moment expires = 0;
  moment finalizing = 0;
  moment completed = 0;
  moment failed = 0;
  moment expired = 0;
  moment cancelling = 0;
  moment cancelled = 0;
};

struct batch_facts {
  batch_facts() = default;

  std::string id;
  std::string endpoint;
  std::string input_file_id;
  std::vector<std::pair<std::string, std::string>> metadata;
  double output_lifetime = 0;  // seconds

  batch_status status = batch_status::validating;
  batch_moments at;
  std::string model;  // as the first line names it
  std::vector<batch_error> errors;
  std::size_t total = 0;
  std::size_t completed = 0;
  std::size_t failed = 0;
  token_usage usage;
  std::string output_file_id;
  std::string error_file_id;
};

/// The member "metadata".
void write_metadata(json_writer& json, const batch_facts& batch);

/// The batch object of the API.
void write_batch(json_writer& json, const batch_facts& batch);

}  // namespace batchmill::simulator_detail
