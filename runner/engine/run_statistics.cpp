#include "runner/engine/run_statistics.hpp"

#include <algorithm>

#include "runner/engine/output_line.hpp"

namespace batchmill {
namespace {

constexpr auto speed_window = std::chrono::seconds(5);

}  // namespace

void run_statistics::row_finished(const outcome& result) {
  tokens_ += result.tokens;
  if (result.ok) {
    ++rows_ok_;
  } else {
    ++rows_failed_;
    ++failures_[failure_reason(result)];
  }
}

void run_statistics::fill(run_status& status, time_point now) {
  status.rows_ok = rows_ok_;
  status.rows_failed = rows_failed_;
  status.attempts = attempts_;
  status.retries = retries_;
  status.rate_limited = rate_limited_;
  status.tokens = tokens_;
  status.elapsed = now - started_;
  status.rows_per_second = recent_speed(now);
}

void run_statistics::fill(run_summary& summary, time_point now) const {
  summary.rows_ok = rows_ok_;
  summary.rows_failed = rows_failed_;
  summary.failures = failures_;
  summary.attempts = attempts_;
  summary.retries = retries_;
  summary.rate_limited = rate_limited_;
  summary.tokens = tokens_;
  summary.wall = now - started_;
  summary.latency_p50 = latency_.percentile(0.50);
  summary.latency_p95 = latency_.percentile(0.95);
  summary.latency_p99 = latency_.percentile(0.99);
  summary.latency_max = latency_.max();
}

double run_statistics::recent_speed(time_point now) {
  if (samples_.empty()) samples_.push_back({started_, 0});
  samples_.push_back({now, rows_done()});
  while (samples_.size() > 2 && now - samples_[1].at >= speed_window) samples_.pop_front();
  const std::chrono::duration<double> span = now - samples_.front().at;
  if (span.count() <= 0) return 0;
  return static_cast<double>(rows_done() - samples_.front().done) / span.count();
}

}  // namespace batchmill
