// The entry point of the library: run a job from its spec to its summary.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "batchmill/job_spec.hpp"
#include "batchmill/observer.hpp"
#include "batchmill/simulation.hpp"

namespace batchmill {

struct run_options {
  run_options() = default;

  run_observer* observer = nullptr;            // must outlive the run; may be null
  std::uint64_t limit = 0;                     // only the first so many rows; 0: all
  std::optional<simulation_options> simulate;  // given: the built-in simulator answers, without
                                               // key or network
  bool fresh = false;           // an earlier output is moved aside instead of gone on with
  bool reuse = false;           // after a change: rows whose request is the same keep their result
  bool retry_failed = false;    // rows that failed before are asked again
  bool detach = false;          // with batches: return once all that may be is under way
  bool cancel = false;          // give up what batches have not answered; ask for nothing new
  bool handle_signals = false;  // SIGINT and SIGTERM: the first drains, the second cancels
};

/// Runs the job on the calling thread and returns when its output is complete or the run stopped.
/// An output that was begun and not completed is gone on with: nothing finished is asked again.
/// Throws usage_error before anything is sent when spec or input cannot work.
run_summary run(const job_spec& spec, const run_options& options = {});

struct check_report {
  std::uint64_t rows = 0;
  std::uint64_t faulty = 0;
  std::uint64_t obstacles = 0;  // to a run: a key, a certificate or a folder that is missing
};

/// Validates every input row, and what `run` needs besides, without sending anything; each fault
/// goes to `observer->notice`. Throws usage_error where the spec or the input cannot be read.
check_report check(const job_spec& spec, const run_options& options = {});

}  // namespace batchmill
