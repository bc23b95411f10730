// What a run has on the disk: output, failed rows, hashes, row log. Every call blocks; during a run
// they are made on the disk thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runner/engine/ledger/disk_file.hpp"
#include "runner/engine/ledger/disk_reserve.hpp"
#include "runner/engine/ledger/ledger_paths.hpp"
#include "runner/engine/ledger/matrix_file.hpp"
#include "runner/engine/ledger/recovery.hpp"
#include "runner/engine/ledger/row_log.hpp"

namespace batchmill {

/// A row whose turn has come. Where it is no longer in memory its record is read back.
struct due_row {
  due_row() = default;

  std::shared_ptr<const finished_row> row;  // null: only in the log
  log_place place;                          // nowhere: only in memory
};

/// What one tick brings to the disk.
struct tick_batch {
  tick_batch() = default;

  std::vector<due_row> due;                                // in order
  std::vector<std::shared_ptr<const finished_row>> ahead;  // to the log
  std::vector<log_place> places;                           // filled: where each of `ahead` went
};

class journal {
 public:
  /// Brings the files to the state that `found` says and begins a log segment. Throws run_error.
  journal(const ledger_paths& paths, const recovered& found, std::uint64_t segment_size,
          std::uint64_t reserve = 0);

  /// Appends and makes durable, in an order that leaves a state to recover at every instant: the
  /// files that rows name, the output, and last the log with the mark that says how far they reach.
  /// After a failure the output is cut back to the mark before.
  ///
  /// When the disk is full, the rows of this batch and of later ones go to the log alone, into the
  /// space that was kept for them, and wait there for a run that finds more.
  void commit(tick_batch& batch);

  /// Why the output is not written any more; empty while it is.
  const std::string& full() const { return full_; }

  const commit_mark& mark() const { return mark_; }

 private:
  void trim(const recovered& found);
  void sync_files(const tick_batch& batch);
  void write_unless_full(tick_batch& batch);
  void write(tick_batch& batch);
  void append_due(const due_row& due, commit_mark& next);
  void write_due(const tick_batch& batch, commit_mark& next);
  void write_log(tick_batch& batch, const commit_mark& next);
  void save_in_log(tick_batch& batch);
  void cut_back() noexcept;

  ledger_paths paths_;
  bool regular_;  // the output is a file and not a pipe or a device
  disk_file output_;
  disk_file failed_;
  disk_file hashes_;
  matrix_file matrix_;  // open when the output is one
  row_log log_;
  commit_mark mark_;
  disk_reserve reserve_;
  std::string full_;
  bool broken_ = false;
  unsigned commits_ = 0;

  std::string lines_;
  std::string inputs_;
  std::string hash_bytes_;
};

}  // namespace batchmill
