// Everything that is counted during a run; the source of run_status and run_summary.
#pragma once

#include <cstdint>
#include <deque>

#include "batchmill/observer.hpp"
#include "runner/engine/latency_histogram.hpp"
#include "runner/engine/ledger/finished_row.hpp"

namespace batchmill {

class run_statistics {
 public:
  /// `earlier`: rows that other processes finished for the same output.
  run_statistics(time_point started, const row_counts& earlier);

  void attempt_begun() { ++attempts_; }
  void attempt_answered(duration latency) { latency_.add(latency); }
  void attempt_retried() { ++retries_; }
  void attempt_rate_limited() { ++rate_limited_; }
  void row_shared() { ++shared_; }
  void attempt_of_part() { ++bisected_; }
  void rows_packed(std::uint64_t rows) { packed_ += rows; }
  void row_finished(const finished_row& row);

  /// The row took over a result of an earlier output.
  void row_kept(const finished_row& row);

  std::uint64_t rows_done() const { return counts_.rows(); }
  const row_counts& counts() const { return counts_; }

  /// Rows that were asked by this process.
  std::uint64_t asked() const { return counts_.rows() - kept_; }
  std::uint64_t asked_failed() const { return counts_.failed - kept_failed_; }

  /// Fills the counted parts. Call it a few times a second: the speed is taken between calls.
  void fill(run_status& status, time_point now);
  void fill(run_summary& summary, time_point now) const;

 private:
  struct sample {
    time_point at;
    std::uint64_t done = 0;
  };

  double recent_speed(time_point now);

  time_point started_;
  row_counts counts_;
  std::uint64_t kept_ = 0;
  std::uint64_t kept_failed_ = 0;
  std::uint64_t attempts_ = 0;
  std::uint64_t retries_ = 0;
  std::uint64_t rate_limited_ = 0;
  std::uint64_t shared_ = 0;
  std::uint64_t packed_ = 0;
  std::uint64_t bisected_ = 0;
  latency_histogram latency_;
  std::deque<sample> samples_;
};

}  // namespace batchmill
