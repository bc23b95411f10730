// The options that shape the simulator, shared by `simulate` and `run --simulate`.
#pragma once

#include <CLI/CLI.hpp>

#include "batchmill/simulation.hpp"

namespace batchmill::cli {

struct simulator_options {
  std::string latency;
  std::string faults;
  double rpm = 0;
  double tpm = 0;
  std::uint64_t seed = 0;
};

/// Returns the options, so that the caller can tie them to another one.
std::vector<CLI::Option*> add_simulator_options(CLI::App& command, simulator_options& options);

simulation_options simulation_of(const simulator_options& options);

}  // namespace batchmill::cli
