// Progress for a log collector: one JSON object a line. Field names are stable.
//
// Every line: time (RFC 3339, UTC), event.
//   started         rows_total (null while unknown), rows_total_exact
//   progress        every 10 s: elapsed_seconds, rows_total, rows_total_exact, rows_done, rows_ok,
//                   rows_failed, rows_per_second, in_flight, waiting, attempts, retries,
//                   rate_limited, tokens {prompt, completion, total, cached, reasoning}, held_by,
//                   held_limit_per_minute (0: no rate), stopping, eta_seconds (null while
//                   unknown), attempts_not_shown
//   attempt_failed  row (from 0), file, line, attempt, reason, wait_seconds; at most ten between
//                   two seconds of the run, the others are counted in attempts_not_shown
//   notice          level ("info", "warning", "error"), message
//   finished        the fields of the summary file
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "batchmill/observer.hpp"
#include "runner/progress/console.hpp"
#include "runner/progress/json_text.hpp"
#include "runner/progress/pace.hpp"

namespace batchmill {

class json_progress : public run_observer {
 public:
  json_progress(console out, bool quiet, std::function<wall_time()> now);

  void started(const run_status& s) override;
  void progressed(const run_status& s) override;
  void attempt_failed(const row& r, unsigned attempt, std::string_view reason,
                      duration wait) override;
  void notice(severity level, std::string_view sentence) override;
  void finished(const run_summary& s) override;

 private:
  json_object event(std::string_view name) const;
  void print(const json_object& line);

  console out_;
  bool quiet_;
  std::function<wall_time()> now_;
  pace lines_{std::chrono::seconds(10), std::chrono::seconds(10)};
  pace failures_{std::chrono::seconds(1)};
  unsigned failures_left_ = 10;
  std::uint64_t not_shown_ = 0;
  std::string last_error_;
};

}  // namespace batchmill
