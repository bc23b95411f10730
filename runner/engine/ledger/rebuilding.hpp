// What can be made anew from the output and the input where it was lost: the failed rows
// (output.failed), which are lines of the input, and the hashes.
#pragma once

#include <cstdint>

#include "batchmill/job.hpp"
#include "batchmill/job_spec.hpp"
#include "runner/engine/ledger/recovery.hpp"
#include "runner/engine/row_source.hpp"

namespace batchmill {

/// Does output.failed hold the failed rows of the output? More than those is what a torn tick left.
/// A pipe or a device cannot be looked at and passes.
bool failed_rows_stand(const ledger_paths& paths, const recovered& found);

/// Writes it anew. Returns its length.
std::uint64_t rewrite_failed_rows(const ledger_paths& paths, const recovered& found,
                                  output_format format, row_source& input);

/// Hashes that are not known become those of the present requests: there is nothing to compare
/// with.
void fill_hashes(const ledger_paths& paths, const recovered& found, const row_job& job,
                 row_source& input);

}  // namespace batchmill
