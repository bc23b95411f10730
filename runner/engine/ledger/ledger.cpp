#include "runner/engine/ledger/ledger.hpp"

#include <utility>

#include "batchmill/error.hpp"

namespace batchmill {
namespace {

// A row that is finished but not in the log.
constexpr log_place in_memory{0, 1, 0};

bool is_open(const log_place& place) {
  return place.length == 0;
}

bool is_logged(const log_place& place) {
  return place.segment != 0;
}

}  // namespace

ledger::ledger(executor ex, disk& worker, journal& files, const recovered& found,
               const ledger_limits& limits)
    : disk_(worker),
      files_(files),
      limits_(limits),
      position_(found.mark.position),
      held_(found.ahead.size()),
      room_(ex),
      idle_(ex) {
  if (!found.ahead.empty()) places_.resize(found.ahead.back().index - position_ + 1);
  for (const ahead_row& row : found.ahead) places_[row.index - position_] = row.place;
  // They are there already; the rows before them need room to be read at all.
  limits_.rows_ahead += places_.size();
}

awaitable<void> ledger::room() {
  while (!has_room() && !released_ && !failure_) co_await room_.wait();
}

bool ledger::has_room() const {
  return unsaved_ < limits_.unsaved && places_.size() < limits_.rows_ahead;
}

bool ledger::finished(std::uint64_t index) const {
  if (index < position_) return true;
  const std::uint64_t ahead = index - position_;
  return ahead < places_.size() && !is_open(places_[ahead]);
}

void ledger::put(finished_row row) {
  const std::uint64_t ahead = row.index - position_;
  if (ahead >= places_.size()) places_.resize(ahead + 1);
  places_[ahead] = in_memory;
  ++held_;
  unsaved_ += row.bytes();
  fresh_.push_back(row.index);
  const std::uint64_t index = row.index;
  rows_.emplace(index, std::make_shared<const finished_row>(std::move(row)));
  if (unsaved_ - under_way_bytes_ >= limits_.early_tick) begin();
}

void ledger::tick() {
  if (failure_) std::rethrow_exception(failure_);
  begin();
}

awaitable<void> ledger::settle() {
  for (;;) {
    tick();
    if (!under_way_) break;
    co_await idle_.wait();
  }
  if (!full_.empty()) throw run_error(full_);
}

void ledger::release_waiters() {
  released_ = true;
  room_.wake();
}

/// Hands a batch to the disk thread, unless it is busy or there is nothing to do.
bool ledger::begin() {
  if (under_way_ || failure_) return false;
  if (before_commit_) before_commit_();
  auto batch = std::make_unique<tick_batch>();
  collect_due(*batch);
  collect_ahead(*batch);
  if (batch->due.empty() && batch->ahead.empty()) return false;
  under_way_ = std::move(batch);
  disk_.run([this] { files_.commit(*under_way_); },
            [this](std::exception_ptr failure) { ended(failure); });
  return true;
}

void ledger::collect_due(tick_batch& batch) {
  std::size_t to_read = 0;
  while (!places_.empty() && !is_open(places_.front()) && to_read < limits_.read_back) {
    batch.due.push_back(take_first());
    const due_row& due = batch.due.back();
    if (!due.row) {
      to_read += due.place.length;
    } else if (!is_logged(due.place)) {
      under_way_bytes_ += due.row->bytes();
    }
  }
}

due_row ledger::take_first() {
  due_row due;
  due.place = places_.front();
  if (const auto found = rows_.find(position_); found != rows_.end()) {
    due.row = std::move(found->second);
    rows_.erase(found);
    if (is_logged(due.place)) cached_ -= due.row->bytes();
  }
  places_.pop_front();
  ++position_;
  --held_;
  return due;
}

void ledger::collect_ahead(tick_batch& batch) {
  for (const std::uint64_t index : fresh_) {
    if (index < position_) continue;
    batch.ahead.push_back(rows_.at(index));
    under_way_bytes_ += batch.ahead.back()->bytes();
  }
  fresh_.clear();
}

void ledger::ended(std::exception_ptr failure) {
  const std::unique_ptr<tick_batch> batch = std::move(under_way_);
  failure_ = failure;
  full_ = files_.full();
  if (!failure) {
    for (std::size_t i = 0; i < batch->ahead.size(); ++i) saved(batch->ahead[i], batch->places[i]);
    unsaved_ -= std::exchange(under_way_bytes_, 0);
    const bool more = !places_.empty() && !is_open(places_.front());
    if (more || unsaved_ >= limits_.early_tick) begin();
  }
  if (has_room() || failure_) room_.wake();
  idle_.wake();
}

/// The row is in the log now; in memory it stays only where there is room for it.
void ledger::saved(const std::shared_ptr<const finished_row>& row, const log_place& place) {
  places_[row->index - position_] = place;
  if (cached_ + row->bytes() <= limits_.memory) {
    cached_ += row->bytes();
  } else {
    rows_.erase(row->index);
  }
}

}  // namespace batchmill
