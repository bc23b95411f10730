// Everything that is counted during a run; the source of run_status and run_summary.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "batchmill/observer.hpp"
#include "runner/engine/latency_histogram.hpp"

namespace batchmill {

class run_statistics {
 public:
  explicit run_statistics(time_point started) : started_(started) {}

  void attempt_begun() { ++attempts_; }
  void attempt_answered(duration latency) { latency_.add(latency); }
  void attempt_retried() { ++retries_; }
  void attempt_rate_limited() { ++rate_limited_; }
  void row_finished(const outcome& result);

  std::uint64_t rows_ok() const { return rows_ok_; }
  std::uint64_t rows_failed() const { return rows_failed_; }
  std::uint64_t rows_done() const { return rows_ok_ + rows_failed_; }

  /// Fills the counted parts. Call it a few times a second: the speed is taken between calls.
  void fill(run_status& status, time_point now);
  void fill(run_summary& summary, time_point now) const;

 private:
  struct sample {
    time_point at;
    std::uint64_t done;
  };

  double recent_speed(time_point now);

  time_point started_;
  std::uint64_t rows_ok_ = 0;
  std::uint64_t rows_failed_ = 0;
  std::uint64_t attempts_ = 0;
  std::uint64_t retries_ = 0;
  std::uint64_t rate_limited_ = 0;
  token_usage tokens_;
  std::map<std::string, std::uint64_t> failures_;
  latency_histogram latency_;
  std::deque<sample> samples_;
};

}  // namespace batchmill
