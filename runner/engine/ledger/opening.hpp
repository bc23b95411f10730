// What stands where a run wants to write, and what becomes of it: gone on with, taken over, moved
// aside, or left alone with a sentence that explains the choice. Nothing is sent before this.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "batchmill/job.hpp"
#include "batchmill/observer.hpp"
#include "runner/engine/ledger/identity.hpp"
#include "runner/engine/ledger/journal.hpp"
#include "runner/engine/ledger/kept_results.hpp"
#include "runner/engine/ledger/ledger_paths.hpp"
#include "runner/engine/ledger/run_lock.hpp"

namespace batchmill {

struct opening_request {
  opening_request(const job_spec& s, const row_job& j, run_observer& o, ledger_paths p)
      : spec(s), job(j), observer(o), paths(std::move(p)) {}

  const job_spec& spec;
  const row_job& job;
  run_observer& observer;
  ledger_paths paths;
  std::string summary;  // path of the summary, which vouches for a finished output
  std::vector<std::string> inputs;
  std::uint64_t limit = 0;
  std::uint64_t segment_size = 16 << 20;
  bool fresh = false;
  bool reuse = false;
  bool retry_failed = false;
  bool as_it_is = false;  // nothing is asked anew: spec and input need not be those of before
  bool replace = false;   // a rehearsal: what does not fit is simply replaced
};

/// A run's files, held and brought to a state to go on from.
struct opened_run {
  opened_run() = default;

  std::unique_ptr<run_lock> lock;
  ledger_paths paths;
  run_identity identity;
  recovered found;
  bool piped = false;     // the input can be read only once
  bool limited = false;   // complete as far as it was to be read
  bool complete = false;  // nothing is left to ask; the rest is empty then
  std::unique_ptr<journal> files;
  std::unique_ptr<kept_results> kept;  // of earlier generations; null when there are none
  bool temporary = false;              // the output is a pipe or a device: nothing can be resumed
};

/// Throws usage_error with the choice that the user has, run_error when the disk refuses.
opened_run open_run(const opening_request& ask);

}  // namespace batchmill
