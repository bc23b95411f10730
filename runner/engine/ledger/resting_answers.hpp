// Answers that rest in the output, found by the hash of what was sent for them: for equal rows that
// come when the answer is not in memory any more, or was given to an earlier process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "batchmill/job_spec.hpp"
#include "runner/engine/ledger/finished_row.hpp"
#include "runner/engine/ledger/ledger_paths.hpp"
#include "runner/engine/ledger/line_reader.hpp"
#include "runner/engine/ledger/recovery.hpp"

namespace batchmill {

class resting_answers {
 public:
  /// `begun`: an earlier process wrote a part of the output. Nothing is read before it is needed.
  resting_answers(ledger_paths paths, output_format format, bool begun);

  /// A success. `forgotten` is how many bytes of answers were let go from memory so far: when it
  /// has grown, what came to the output meanwhile is looked through. Throws run_error.
  std::optional<finished_row> find(std::uint64_t hash, std::size_t forgotten);

 private:
  struct entry {
    std::uint64_t hash = 0;
    std::uint64_t offset = 0;
    std::uint32_t length = 0;
    std::uint32_t row = 0;
  };
  using entries = std::vector<entry>;  // by hash

  void look_through();
  void add(entries&& fresh);
  finished_row read(const entry& from) const;

  ledger_paths paths_;
  output_format format_;
  std::size_t look_at_;  // when so much is forgotten
  std::optional<line_reader> lines_;
  std::optional<hash_reader> hashes_;
  disk_file output_;
  disk_file matrix_;            // not open when there is none
  std::uint64_t rows_ = 0;      // looked through
  std::vector<entries> parts_;  // each less than half as long as the one before, to be cheap to add
};

}  // namespace batchmill
