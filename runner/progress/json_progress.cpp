// Progress for a log collector: one JSON object a line. Field names are stable.
#include "runner/progress/json_progress.hpp"

#include <utility>

#include "runner/progress/notices.hpp"
#include "runner/progress/status_text.hpp"
#include "runner/progress/summary_fields.hpp"

namespace batchmill {

namespace {

constexpr unsigned failures_a_second = 10;

void add_total(json_object& to, const run_status& s) {
  if (s.rows_total == 0 && !s.total_exact)
    to.null("rows_total");
  else
    to.count("rows_total", s.rows_total);
  to.flag("rows_total_exact", s.total_exact);
}

void add_status(json_object& to, const run_status& s) {
  to.seconds("elapsed_seconds", s.elapsed);
  add_total(to, s);
  to.count("rows_done", s.rows_done())
      .count("rows_ok", s.rows_ok)
      .count("rows_failed", s.rows_failed)
      .number("rows_per_second", s.rows_per_second)
      .count("in_flight", s.in_flight)
      .count("waiting", s.waiting)
      .count("attempts", s.attempts)
      .count("retries", s.retries)
      .count("rate_limited", s.rate_limited)
      .object("tokens", token_fields(s.tokens))
      .text("held_by", to_string(s.held_by))
      .number("held_limit_per_minute", s.held_limit_per_minute)
      .flag("stopping", s.stopping);
  if (s.batches) {
    json_object batches;
    batches.count("waiting", s.batches->waiting)
        .count("under_way", s.batches->under_way)
        .count("done", s.batches->done)
        .count("requests", s.batches->requests)
        .count("answered", s.batches->answered);
    to.object("batches", batches);
  }
  const auto left = time_left(s);
  if (left)
    to.seconds("eta_seconds", *left);
  else
    to.null("eta_seconds");
}

}  // namespace

json_progress::json_progress(console out, bool quiet, std::function<wall_time()> now)
    : out_(out), quiet_(quiet), now_(std::move(now)) {}

json_object json_progress::event(std::string_view name) const {
  json_object line;
  line.text("time", rfc3339(now_())).text("event", name);
  return line;
}

void json_progress::print(const json_object& line) {
  out_.write(line.line() + "\n");
}

void json_progress::started(const run_status& s) {
  if (quiet_) return;
  auto line = event("started");
  add_total(line, s);
  print(line);
}

void json_progress::progressed(const run_status& s) {
  if (quiet_) return;
  if (failures_.due(s.elapsed)) failures_left_ = failures_a_second;
  if (!lines_.due(s.elapsed)) return;
  auto line = event("progress");
  add_status(line, s);
  line.count("attempts_not_shown", std::exchange(not_shown_, 0));
  print(line);
}

void json_progress::attempt_failed(const row& r, unsigned attempt, std::string_view reason,
                                   duration wait) {
  if (quiet_) return;
  if (failures_left_ == 0) {
    ++not_shown_;
    return;
  }
  --failures_left_;
  auto line = event("attempt_failed");
  line.count("row", r.index)
      .text_or_null("file", r.file ? *r.file : "")
      .count("line", r.line)
      .count("attempt", attempt)
      .text("reason", reason)
      .seconds("wait_seconds", wait);
  print(line);
}

void json_progress::notice(severity level, std::string_view sentence) {
  if (quiet_ && level == severity::info) return;
  if (level == severity::error) last_error_ = sentence;
  auto line = event("notice");
  line.text("level", severity_name(level)).text("message", sentence);
  print(line);
}

void json_progress::finished(const run_summary& s) {
  if (quiet_) {
    // Without a summary the reason would be lost, unless it has been said.
    if (s.end == run_end::stopped && s.stop_reason != last_error_)
      notice(severity::error, s.stop_reason);
    return;
  }
  auto line = event("finished");
  add_summary(line, s);
  print(line);
}

}  // namespace batchmill
