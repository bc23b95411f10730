#include "runner/engine/ledger/journal.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <set>
#include <utility>

#include "batchmill/error.hpp"
#include "runner/engine/ledger/crash_point.hpp"

namespace batchmill {
namespace {

constexpr std::size_t write_piece = 1 << 20;

// Every flush costs CPU and pages written. Hashes can wait for theirs: a process that dies loses
// none, and after a power failure the missing ones only mean that a row counts as unchanged.
constexpr unsigned commits_per_hash_sync = 16;

void flush(std::string& bytes, disk_file& to) {
  to.write(bytes);
  bytes.clear();
}

void append_line(std::string_view line, std::string& bytes, disk_file& to) {
  bytes.append(line);
  bytes.push_back('\n');
  if (bytes.size() >= write_piece) flush(bytes, to);
}

}  // namespace

journal::journal(const ledger_paths& paths, const recovered& found, std::uint64_t segment_size,
                 std::uint64_t reserve)
    : paths_(paths),
      output_(paths.output, disk_file::mode::append, "output", readable_by_others),
      hashes_(paths.hashes(), disk_file::mode::own, "hashes"),
      log_(paths.folder, segment_size),
      mark_(found.mark) {
  regular_ = std::filesystem::is_regular_file(paths.output);
  if (!paths.failed.empty()) {
    failed_ = disk_file(paths.failed, disk_file::mode::append, "failed", readable_by_others);
  }
  for (const ahead_row& row : found.ahead) log_.adopt(row.place);
  trim(found);
  log_.begin_segment(mark_);
  log_.drop_dead_segments();
  if (regular_ && reserve > 0) reserve_ = disk_reserve(paths.folder, reserve);
}

/// What the last, interrupted tick wrote is not known to be whole.
void journal::trim(const recovered& found) {
  if (regular_ && output_.size() != found.mark.output_length) {
    output_.resize(found.mark.output_length);
  }
  // A failed file that is shorter than it should be could not be made anew: it is continued as it
  // is.
  if (!failed_.is_open()) mark_.failed_length = 0;
  if (failed_.is_open() && std::filesystem::is_regular_file(failed_.path())) {
    if (failed_.size() > mark_.failed_length) failed_.resize(mark_.failed_length);
    mark_.failed_length = failed_.size();
  }
  // Hashes that are missing become zeros: unknown.
  if (hashes_.size() != mark_.position * 8) hashes_.resize(mark_.position * 8);
  if (!paths_.matrix.empty()) matrix_ = matrix_file(paths_.matrix, paths_.numbers, mark_.position);
}

void journal::commit(tick_batch& batch) {
  if (broken_) throw run_error("the ledger cannot be written any more");
  broken_ = true;  // until this came to its end
  sync_files(batch);
  if (full_.empty()) write_unless_full(batch);
  if (!full_.empty()) save_in_log(batch);
  broken_ = false;
}

void journal::sync_files(const tick_batch& batch) {
  std::set<std::string> folders;
  const auto sync = [&](const std::shared_ptr<const finished_row>& row) {
    if (!row) return;
    for (const std::string& path : row->files) {
      disk_file(path, disk_file::mode::read, "artifact").sync();
      folders.insert(std::filesystem::path(path).parent_path().string());
    }
  };
  for (const due_row& due : batch.due) {
    if (due.place.segment == 0) sync(due.row);
  }
  for (const auto& row : batch.ahead) sync(row);
  for (const std::string& folder : folders) sync_folder(folder);
}

void journal::write_unless_full(tick_batch& batch) {
  try {
    write(batch);
  } catch (const disk_full& why) {
    cut_back();
    if (!regular_) throw;
    log_.roll_back();
    reserve_.release();
    full_ = why.what();
  } catch (...) {
    cut_back();
    throw;
  }
}

void journal::write(tick_batch& batch) {
  commit_mark next = mark_;
  if (regular_) output_.require_in_place();
  log_.require_in_place();
  write_due(batch, next);
  write_log(batch, next);
  mark_ = std::move(next);
  for (const due_row& due : batch.due) {
    if (due.place.segment != 0) log_.release(due.place);
  }
  log_.drop_dead_segments();
}

/// Rows that are in the log already need nothing more. Should even this fail, the records that came
/// out whole still count.
void journal::save_in_log(tick_batch& batch) {
  batch.places.clear();
  for (const due_row& due : batch.due) {
    if (due.place.segment == 0) log_.append(*due.row);
  }
  for (const auto& row : batch.ahead) batch.places.push_back(log_.append(*row));
  log_.commit();
}

void journal::write_due(const tick_batch& batch, commit_mark& next) {
  if (batch.due.empty()) return;
  for (const due_row& due : batch.due) append_due(due, next);
  flush(lines_, output_);
  output_.sync();
  if (next.failed_length != mark_.failed_length) {
    flush(inputs_, failed_);
    failed_.sync();
  }
  if (matrix_.is_open()) matrix_.commit();
  flush(hash_bytes_, hashes_);
  if (commits_++ % commits_per_hash_sync == 0) hashes_.sync();
}

void journal::append_due(const due_row& due, commit_mark& next) {
  finished_row read_back;
  if (!due.row) read_back = log_.read(due.place);
  const finished_row& row = due.row ? *due.row : read_back;
  next.counts.add(row);
  ++next.position;
  next.output_length += row.line.size() + 1;
  append_line(row.line, lines_, output_);
  if (matrix_.is_open()) matrix_.add(row.vector.view());
  hash_bytes_.append(reinterpret_cast<const char*>(&row.hash), sizeof row.hash);
  if (row.failed_input.empty() || !failed_.is_open()) return;
  next.failed_length += row.failed_input.size() + 1;
  append_line(row.failed_input, inputs_, failed_);
}

/// A full segment is left behind here and not after the commit, so that the rows that come now go
/// to the new one.
void journal::write_log(tick_batch& batch, const commit_mark& next) {
  if (log_.segment_is_full()) log_.begin_segment(mark_);
  batch.places.clear();
  for (const auto& row : batch.ahead) batch.places.push_back(log_.append(*row));
  log_.append(next);
  crash_point("commit", "before");
  log_.commit();
  crash_point("commit", "after");
}

/// So that the output holds whole rows also while nobody runs. Best effort: the next run does it
/// again.
void journal::cut_back() noexcept {
  lines_.clear();
  inputs_.clear();
  hash_bytes_.clear();
  try {
    if (regular_) output_.resize(mark_.output_length);
    hashes_.resize(mark_.position * 8);
    if (matrix_.is_open()) matrix_.roll_back();
    if (failed_.is_open()) failed_.resize(mark_.failed_length);
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace batchmill
