// Progress for a log file: a line now and then, and the summary. Also serves a run without
// progress.
#pragma once

#include <functional>
#include <string>

#include "batchmill/observer.hpp"
#include "runner/progress/console.hpp"
#include "runner/progress/pace.hpp"

namespace batchmill {

struct plain_settings {
  plain_settings() = default;
  plain_settings(bool without_lines, bool is_quiet, bool with_color)
      : no_lines(without_lines), quiet(is_quiet), color(with_color) {}

  bool no_lines = false;  // notices and the summary only
  bool quiet = false;     // warnings and errors only
  bool color = false;     // of notices and the summary
};

class plain_progress : public run_observer {
 public:
  plain_progress(console out, plain_settings settings, std::function<wall_time()> now);

  void started(const run_status& s) override;
  void progressed(const run_status& s) override;
  void notice(severity level, std::string_view sentence) override;
  void finished(const run_summary& s) override;

 private:
  bool has_lines() const { return !settings_.no_lines && !settings_.quiet; }
  void print(std::string_view line);

  console out_;
  plain_settings settings_;
  std::function<wall_time()> now_;
  pace pace_{std::chrono::seconds(10), std::chrono::seconds(10)};
  std::string last_error_;
};

}  // namespace batchmill
