// What batches of an earlier process mean for a run that begins now.
#pragma once

#include <string>

#include "batchmill/job_spec.hpp"
#include "batchmill/run.hpp"
#include "runner/batch/part_paths.hpp"
#include "runner/engine/ledger/ledger_paths.hpp"

namespace batchmill {

/// Is there anything of the run at the server, or kept here for it?
bool has_open_parts(const part_paths& paths);

/// Throws usage_error, with the choice that the user has, when batches are under way that this run
/// would lose or take for its own. True: what is kept here was made for other requests and must go,
/// once the run's files are held. `inputs` are the run's files.
bool are_of_another_run(const job_spec& spec, const ledger_paths& ledger,
                        const std::vector<std::string>& inputs, const run_options& options);

}  // namespace batchmill
