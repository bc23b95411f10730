// What the commands on fine-tuning jobs share: which job is meant and how to reach its server, and
// following a job to its end.
#pragma once

#include <string>

#include "batchmill/duration.hpp"
#include "runner/cli/api_options.hpp"
#include "runner/cli/remote_session.hpp"

namespace batchmill::cli {

/// A job that somebody named.
struct named_job {
  named_job() = default;

  std::string name;  // as it was given
  std::string id;
  job_spec way;  // to its server
};

/// `name` is an id, or the spec that the job was submitted from. Throws usage_error when nothing
/// was submitted from it.
named_job find_named_job(const std::string& name, const api_options& api);

struct watch_options {
  watch_options() = default;

  std::string poll = "5s";
  std::string metrics;  // file for the results; empty: <job>.metrics.csv
  bool quiet = false;
  bool no_progress = false;
};

void add_watch_options(CLI::App& command, watch_options& options);

/// Follows the job to its end, or until Ctrl-C; returns the exit code.
int watch_to_the_end(remote_session& session, const named_job& job, const watch_options& options,
                     bool json);

/// What `text` says as a time. Throws usage_error that names the option.
duration time_of_option(const char* option, const std::string& text);

}  // namespace batchmill::cli
