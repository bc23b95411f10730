// Progress on a terminal: a live area of a few lines, redrawn in place.
#pragma once

#include "batchmill/observer.hpp"
#include "runner/progress/console.hpp"
#include "runner/progress/live_area.hpp"
#include "runner/progress/pace.hpp"
#include "runner/progress/text.hpp"

namespace batchmill {

class terminal_progress : public run_observer {
 public:
  terminal_progress(console out, look l) : out_(out), look_(l) {}
  ~terminal_progress() override;
  terminal_progress(const terminal_progress&) = delete;
  terminal_progress& operator=(const terminal_progress&) = delete;

  void started(const run_status& s) override;
  void progressed(const run_status& s) override;
  void notice(severity level, std::string_view sentence) override;
  void finished(const run_summary& s) override;

 private:
  void draw(const run_status& s);

  console out_;
  look look_;
  live_area area_;
  pace pace_{std::chrono::milliseconds(100)};
};

}  // namespace batchmill
