// The options of commands that talk to the API by hand: where it is and with which key.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "batchmill/job_spec.hpp"

namespace batchmill::cli {

struct api_options {
  std::string spec;
  std::string base_url;
  std::string key_env;
  std::string key_file;
  bool json = false;
};

void add_api_options(CLI::App& command, api_options& options);

/// Those of them that say where the API is and with which key.
void add_server_options(CLI::App& command, api_options& options);

/// Puts what they say into a spec.
void apply_server_options(const api_options& options, job_spec& spec);

/// A spec that says no more than how to reach the API.
job_spec api_of(const api_options& options);

}  // namespace batchmill::cli
