// Compares the rows of the input with those that are finished, before anything is sent.
#pragma once

#include <cstdint>

#include "batchmill/job.hpp"
#include "runner/engine/ledger/recovery.hpp"
#include "runner/engine/row_source.hpp"

namespace batchmill {

/// The hashes of finished rows by their index: those in the output, then those ahead.
class finished_hashes {
 public:
  /// `found` must outlive it.
  finished_hashes(const recovered& found, const std::string& hashes);

  bool finished(std::uint64_t index) const {
    return index < rows_ || (next_ != end_ && next_->index == index);
  }

  /// 0: not finished, or not known. Indexes come in order, each once.
  std::uint64_t take(std::uint64_t index);

  /// Finished rows from `index` on.
  std::uint64_t left(std::uint64_t index) const;

 private:
  hash_reader output_;
  std::uint64_t rows_;
  std::vector<ahead_row>::const_iterator next_;
  std::vector<ahead_row>::const_iterator end_;
};

/// The hash that a row is known by now.
std::uint64_t hash_now(const row_job& job, const row& r);

struct input_comparison {
  std::uint64_t differing = 0;  // finished rows whose request is another now
  std::uint64_t first = 0;      // the first of them
  std::uint64_t missing = 0;    // finished rows beyond the end of the input
  bool all_finished = false;    // the input has no row that is not finished
  std::uint64_t rows = 0;       // of the input; an estimate unless `exact`
  bool exact = false;

  bool same() const { return differing == 0 && missing == 0; }
};

/// Reads `rows` as far as there are finished ones. With a limit, rows beyond it are not missing.
input_comparison compare_input(row_source& rows, std::uint64_t limit, const row_job& job,
                               const recovered& found, const std::string& hashes);

/// Does the output hold, line by line, the custom ids of these rows? For an output of which
/// nothing else is known.
bool ids_match(row_source& rows, const row_job& job, const std::string& output);

enum class digest_match {
  unknown,  // the summary tells no digest
  same,
  grown,  // the same, and the input has more rows
  other,
};

/// Are the first `finished` of these rows those that the summary vouches for? A finished run leaves
/// in it one number over all its requests.
digest_match compare_digest(row_source& rows, const row_job& job, std::uint64_t finished,
                            const std::string& summary);

}  // namespace batchmill
