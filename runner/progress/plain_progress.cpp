// Progress for a log file: a line now and then, and the summary. Also serves a run without
// progress.
#include "runner/progress/plain_progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runner/progress/humanize.hpp"
#include "runner/progress/notices.hpp"
#include "runner/progress/render.hpp"
#include "runner/progress/summary.hpp"

namespace batchmill {

namespace {

constexpr int widest_summary = 100;

std::string started_line(const run_status& s) {
  if (s.rows_total == 0) return "started";
  return fmt::format("started: {}{} {}", s.total_exact ? "" : "~", with_separators(s.rows_total),
                     s.rows_total == 1 ? "row" : "rows");
}

}  // namespace

plain_progress::plain_progress(console out, plain_settings settings, std::function<wall_time()> now)
    : out_(out), settings_(settings), now_(std::move(now)) {}

void plain_progress::print(std::string_view line) {
  out_.write(fmt::format("{} {}\n", time_of_day(now_()), line));
}

void plain_progress::started(const run_status& s) {
  if (has_lines()) print(started_line(s));
}

void plain_progress::progressed(const run_status& s) {
  if (has_lines() && pace_.due(s.elapsed)) print(render_plain(s));
}

void plain_progress::notice(severity level, std::string_view sentence) {
  if (level == severity::info && settings_.quiet) return;
  if (level == severity::error) last_error_ = sentence;
  const auto line = notice_line(level, sentence, settings_.color);
  out_.write(has_lines() ? time_of_day(now_()) + " " + line : line);
}

void plain_progress::finished(const run_summary& s) {
  if (settings_.quiet) {
    // Without a summary the reason would be lost, unless it has been said.
    if (s.end == run_end::stopped && s.stop_reason != last_error_)
      out_.write(notice_line(severity::error, headline(s), settings_.color));
    return;
  }
  if (has_lines()) print("finished after " + rough_duration(s.wall));
  const int width = std::min(out_.dimensions().columns - 1, widest_summary);
  out_.write(render_summary(s, width, settings_.color));
}

}  // namespace batchmill
