// Puts finished rows into the output in the order of the input, and loses none of them.
//
// The engine hands each row's last word to `put`. At every tick the rows whose turn has come go to
// the output and those ahead of their turn to the row log, both durably, on the disk thread. Rows
// ahead stay in memory up to a bound; beyond it only their place in the log is remembered, so a
// slow row neither stops those behind it nor fills the memory with them.
#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "runner/engine/ledger/disk.hpp"
#include "runner/engine/ledger/journal.hpp"
#include "runner/engine/parking.hpp"

namespace batchmill {

struct ledger_limits {
  std::size_t memory = 16 << 20;     // bytes of rows ahead that are also in the log
  std::size_t unsaved = 64 << 20;    // bytes not on the disk yet before rows must wait
  std::size_t early_tick = 4 << 20;  // so many of them bring the next tick forward
  std::size_t read_back = 16 << 20;  // bytes moved from the log to the output per batch
  std::uint64_t rows_ahead = 4'000'000;
  std::uint64_t segment = 16 << 20;  // bytes of a log segment
};

class ledger {
 public:
  /// All must outlive the ledger. `found` is what `files` was opened with.
  ledger(executor ex, disk& worker, journal& files, const recovered& found,
         const ledger_limits& limits = {});

  /// Returns when another row may be begun.
  awaitable<void> room();
  bool has_room() const;

  /// Was the row finished by an earlier process?
  bool finished(std::uint64_t index) const;

  /// The row's last word.
  void put(finished_row row);

  /// Brings to the disk what there is, unless it is at work already. Throws what it suffered
  /// before.
  void tick();

  /// Returns when all is durable. Throws run_error, also when the disk was full and rows wait in
  /// the log for another run.
  awaitable<void> settle();

  /// Why the run should end; empty while it need not. What is put nevertheless is still kept.
  const std::string& full() const { return full_; }

  /// Rows below are in the output, or on their way into it.
  std::uint64_t position() const { return position_; }

  /// Finished rows that still wait for an older one.
  std::uint64_t held() const { return held_; }

  /// Bytes of finished rows in memory.
  std::size_t memory() const { return unsaved_ + cached_; }

  /// Called each time before rows are handed to the disk; null: nothing.
  void before_commit(std::function<void()> call) { before_commit_ = std::move(call); }

  /// Lets `room` return for good: the run is stopping.
  void release_waiters();

 private:
  bool begin();
  void collect_due(tick_batch& batch);
  void collect_ahead(tick_batch& batch);
  due_row take_first();
  void ended(std::exception_ptr failure);
  void saved(const std::shared_ptr<const finished_row>& row, const log_place& place);

  disk& disk_;
  journal& files_;
  ledger_limits limits_;

  std::uint64_t position_;
  std::uint64_t held_ = 0;
  std::deque<log_place> places_;  // from position_ on: where each row rests, or that it is open
  std::unordered_map<std::uint64_t, std::shared_ptr<const finished_row>> rows_;  // in memory
  std::vector<std::uint64_t> fresh_;  // finished since the last tick
  std::size_t unsaved_ = 0;           // bytes of rows that are only in memory
  std::size_t cached_ = 0;            // bytes of rows in memory that are in the log too

  std::unique_ptr<tick_batch> under_way_;
  std::size_t under_way_bytes_ = 0;
  std::exception_ptr failure_;
  std::function<void()> before_commit_;
  std::string full_;
  bool released_ = false;
  parking_spot room_;
  parking_spot idle_;
};

}  // namespace batchmill
