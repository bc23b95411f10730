// What an earlier process left of a run: how far it came, and which rows it finished ahead.
//
// Looking changes nothing, so that `batchmill status` may look while a run goes on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "batchmill/job_spec.hpp"
#include "runner/engine/ledger/ledger_paths.hpp"
#include "runner/engine/ledger/record.hpp"
#include "runner/engine/ledger/row_log.hpp"

namespace batchmill {

/// A row in the log that has its turn still to come.
struct ahead_row {
  std::uint64_t index = 0;
  std::uint64_t hash = 0;
  log_place place;
};

struct recovered {
  recovered() = default;

  bool any() const { return mark.position > 0 || !ahead.empty(); }
  std::uint64_t finished() const { return mark.position + ahead.size(); }

  commit_mark mark;              // what the files are to be cut to
  std::vector<ahead_row> ahead;  // by index, each once, none below the position
  row_counts counts;             // over the output's rows and those ahead
  bool from_output = false;      // the log told nothing: counted from the output's lines
  std::uint64_t lost = 0;        // rows that the log knows in the output, which lacks them
};

/// Never throws for damage, only when the disk cannot be read. `watch`: another process may be
/// writing, so that an output which lags behind the log or runs ahead of it means nothing.
recovered recover(const ledger_paths& paths, output_format format, bool watch = false);

/// The hashes of the first rows of an output, read piece by piece.
class hash_reader {
 public:
  /// A file that is missing or too short reads as unknown (0).
  explicit hash_reader(const std::string& path);
  std::uint64_t next();

 private:
  disk_file file_;
  std::uint64_t offset_ = 0;
  std::vector<char> piece_;
  std::size_t taken_ = 0;
  std::size_t held_ = 0;
};

}  // namespace batchmill
