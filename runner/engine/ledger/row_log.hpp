// The append-only log of rows that finished ahead of their turn, in numbered files ("segments").
//
// A segment is deleted as a whole once the last of its rows stands in the output: nothing is ever
// rewritten, so neither a crash nor a full disk can hurt what was written before.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "runner/engine/ledger/disk_file.hpp"
#include "runner/engine/ledger/record.hpp"

namespace batchmill {

/// Where a row's record lies; 16 bytes, as there may be millions.
struct log_place {
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  std::uint32_t segment = 0;  // from 1; 0: nowhere
};

/// The segments in `folder`, in order. Empty when there is no such folder.
std::vector<std::uint32_t> list_segments(const std::string& folder);
std::string segment_path(const std::string& folder, std::uint32_t number);

/// Oldest first: what says how far the output came stays until the last.
void remove_segments(const std::string& folder);

/// Calls f(record, place) for each intact record of a segment, up to the first that is not.
/// False when the file cannot be read as a segment at all.
bool scan_segment(const std::string& folder, std::uint32_t number,
                  const std::function<void(const raw_record&, const log_place&)>& f);

/// The writer. Its segments are those it began and those it was told of.
class row_log {
 public:
  row_log(std::string folder, std::uint64_t segment_size);

  /// Begins a segment, which opens with `mark`, so that every segment tells the position.
  void begin_segment(const commit_mark& mark);
  bool segment_is_full() const { return size_ >= segment_size_; }

  /// A row of an earlier process that still waits for its turn.
  void adopt(const log_place& place) { ++alive_[place.segment]; }

  /// Both are in memory until `commit`.
  log_place append(const finished_row& row);
  void append(const commit_mark& mark);

  /// Writes and makes durable what was appended.
  void commit();

  /// Takes back what was appended since the last commit, also from the disk where it got there in
  /// part.
  void roll_back();

  void require_in_place() const { file_.require_in_place(); }

  finished_row read(const log_place& place);

  /// The row has reached the output.
  void release(const log_place& place);

  /// Deletes the segments without rows that wait, the current one excepted.
  void drop_dead_segments();

 private:
  std::string folder_;
  std::uint64_t segment_size_;
  disk_file file_;
  std::uint32_t number_ = 0;  // of the current segment
  std::uint64_t size_ = 0;    // with what is pending
  std::uint64_t durable_ = 0;
  std::uint64_t pending_rows_ = 0;
  std::string pending_;
  std::string scratch_;
  std::map<std::uint32_t, std::uint64_t> alive_;  // rows that wait, by segment
  std::map<std::uint32_t, disk_file> readers_;
};

}  // namespace batchmill
