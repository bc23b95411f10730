// Progress on a terminal: a live area of a few lines, redrawn in place.
#include "runner/progress/terminal_progress.hpp"

#include <algorithm>

#include "runner/progress/notices.hpp"
#include "runner/progress/render.hpp"
#include "runner/progress/summary.hpp"

namespace batchmill {

namespace {

constexpr int widest_summary = 100;

/// The first lines, as many as the window has rows for besides the cursor's own.
std::string_view first_lines(std::string_view lines, int rows) {
  std::size_t end = 0;
  for (int i = 0; i < std::max(rows - 1, 1); ++i) {
    end = lines.find('\n', end);
    if (end == lines.npos) return lines;
    ++end;
  }
  return lines.substr(0, end - 1);
}

}  // namespace

terminal_progress::~terminal_progress() {
  out_.write(area_.clear(out_.dimensions().columns));
}

void terminal_progress::started(const run_status& s) {
  progressed(s);
}

void terminal_progress::progressed(const run_status& s) {
  if (pace_.due(s.elapsed) && out_.ready()) draw(s);
}

/// One column stays free: some terminals wrap as soon as the last one is written.
void terminal_progress::draw(const run_status& s) {
  const auto window = out_.dimensions();
  const auto lines = render_live(s, window.columns - 1, look_);
  out_.write(area_.draw(first_lines(lines, window.rows), window.columns));
}

void terminal_progress::notice(severity level, std::string_view sentence) {
  const auto line = notice_line(level, sentence, look_.color);
  out_.write(area_.print_above(line, out_.dimensions().columns));
}

void terminal_progress::finished(const run_summary& s) {
  const auto columns = out_.dimensions().columns;
  const auto text = render_summary(s, std::min(columns - 1, widest_summary), look_.color);
  out_.write(area_.clear(columns) + text);
}

}  // namespace batchmill
