#include "runner/engine/run_statistics.hpp"

#include <algorithm>

namespace batchmill {
namespace {

constexpr auto speed_window = std::chrono::seconds(5);

}  // namespace

run_statistics::run_statistics(time_point started, const row_counts& earlier)
    : started_(started), counts_(earlier), kept_(earlier.rows()), kept_failed_(earlier.failed) {
  samples_.push_back({started_, rows_done()});
}

void run_statistics::row_finished(const finished_row& row) {
  counts_.add(row);
}

void run_statistics::row_kept(const finished_row& row) {
  counts_.add(row);
  ++kept_;
  kept_failed_ += row.ok ? 0 : 1;
}

void run_statistics::fill(run_status& status, time_point now) {
  status.rows_ok = counts_.ok;
  status.rows_failed = counts_.failed;
  status.attempts = attempts_;
  status.retries = retries_;
  status.rate_limited = rate_limited_;
  status.tokens = counts_.tokens;
  status.elapsed = now - started_;
  status.rows_per_second = recent_speed(now);
}

void run_statistics::fill(run_summary& summary, time_point now) const {
  summary.rows_ok = counts_.ok;
  summary.rows_failed = counts_.failed;
  summary.rows_kept = kept_;
  summary.failures = counts_.failures;
  summary.attempts = attempts_;
  summary.retries = retries_;
  summary.rate_limited = rate_limited_;
  summary.shared = shared_;
  summary.packed = packed_;
  summary.bisected = bisected_;
  summary.labels = counts_.labels;
  summary.tokens = counts_.tokens;
  summary.wall = now - started_;
  summary.latency_p50 = latency_.percentile(0.50);
  summary.latency_p95 = latency_.percentile(0.95);
  summary.latency_p99 = latency_.percentile(0.99);
  summary.latency_max = latency_.max();
}

double run_statistics::recent_speed(time_point now) {
  samples_.push_back({now, rows_done()});
  while (samples_.size() > 2 && now - samples_[1].at >= speed_window) samples_.pop_front();
  const std::chrono::duration<double> span = now - samples_.front().at;
  if (span.count() <= 0) return 0;
  return static_cast<double>(rows_done() - samples_.front().done) / span.count();
}

}  // namespace batchmill
