// The options that shape the simulator, shared by `simulate` and `run --simulate`.
#pragma once

#include <CLI/CLI.hpp>

#include "batchmill/simulation.hpp"

namespace batchmill::cli {

/// Limits as they are written; empty: the default.
struct limit_texts {
  std::string model;
  std::string window;
  std::string burst;
  std::string token_cost;
  std::string headers;
  std::string changes;
  std::string others;
};

/// The same for files, uploads and batches.
struct batch_texts {
  std::string time;
  std::string faults;
};

struct simulator_options {
  std::string latency;
  std::string faults;
  std::string usage = "exact";
  double rpm = 0;
  double tpm = 0;
  std::uint64_t seed = 0;
  limit_texts texts;
  simulated_limits limits;  // what needs no reading
  batch_texts batch;
  simulated_batches batches;  // likewise
  std::string tuning_time;
  simulated_fine_tuning fine_tuning;  // likewise
};

/// Returns the options, so that the caller can tie them to another one.
std::vector<CLI::Option*> add_simulator_options(CLI::App& command, simulator_options& options);

/// Throws usage_error when an option is not understood.
simulation_options simulation_of(const simulator_options& options);

}  // namespace batchmill::cli
