// What a program without a ledger does, in the ledger's place: rows wait in memory for their turn
// and are written, nothing is hashed, logged or made durable. To measure what the ledger costs.
#include "runner/engine/ledger/ledger.hpp"
#include "runner/engine/ledger/request_hash.hpp"

namespace batchmill {

std::uint64_t request_hash(const http_request&) {
  return 1;
}

std::uint64_t row_hash(const row&) {
  return 1;
}

void hash_digest::add(std::uint64_t) {}

journal::journal(const ledger_paths& paths, const recovered&, std::uint64_t segment_size,
                 std::uint64_t)
    : paths_(paths),
      regular_(true),
      output_(paths.output, disk_file::mode::fresh, "output"),
      log_(paths.folder, segment_size) {}

void journal::commit(tick_batch& batch) {
  lines_.clear();
  for (const due_row& due : batch.due) {
    mark_.counts.add(*due.row);
    ++mark_.position;
    lines_ += due.row->line;
    lines_ += '\n';
  }
  output_.write(lines_);
}

ledger::ledger(executor ex, disk& worker, journal& files, const recovered&,
               const ledger_limits& limits)
    : disk_(worker), files_(files), limits_(limits), position_(0), room_(ex), idle_(ex) {}

awaitable<void> ledger::room() {
  co_return;
}

bool ledger::has_room() const {
  return true;
}

bool ledger::finished(std::uint64_t) const {
  return false;
}

void ledger::put(finished_row row) {
  const std::uint64_t index = row.index;
  rows_.emplace(index, std::make_shared<const finished_row>(std::move(row)));
}

void ledger::tick() {
  tick_batch batch;
  for (auto found = rows_.find(position_); found != rows_.end(); found = rows_.find(++position_)) {
    batch.due.emplace_back().row = std::move(found->second);
    rows_.erase(found);
  }
  files_.commit(batch);
}

awaitable<void> ledger::settle() {
  tick();
  co_return;
}

void ledger::release_waiters() {}

}  // namespace batchmill
