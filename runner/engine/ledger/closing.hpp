// The end of a run: what is kept of its ledger, and what goes.
#pragma once

#include <cstdint>
#include <string>

#include "runner/engine/ledger/opening.hpp"

namespace batchmill {

struct closing_facts {
  bool every_row = false;  // of the input has its line
  bool limited = false;    // there may be more input than was to be read
  bool keep = false;       // output.keep_ledger
};

/// After the last commit: what is not needed any more goes. Rows that failed may be asked again
/// later, so their ledger stays.
void close_run(opened_run& run, const closing_facts& facts);

/// Of the hashes of all rows in the output, as it stands in the summary.
std::string digest_of_output(const ledger_paths& paths, std::uint64_t rows);

}  // namespace batchmill
