// The options that every command on a job shares: the spec, its overrides, how much is said.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "batchmill/job_spec.hpp"
#include "batchmill/observer.hpp"

namespace batchmill::cli {

struct job_options {
  std::string job;
  std::vector<std::string> set;
  std::uint64_t limit = 0;
  bool quiet = false;
  bool no_progress = false;
  std::string log = "text";
};

/// What a command has that knows the job otherwise: overrides, and how much is said.
void add_override_options(CLI::App& command, job_options& options);

void add_job_options(CLI::App& command, job_options& options);

/// With --output relative to the current folder, as paths on a command line are.
job_spec load(const job_options& options, const std::string& output = "");

std::unique_ptr<run_observer> make_observer(const job_options& options);

}  // namespace batchmill::cli
