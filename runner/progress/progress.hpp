// What a person and a log collector see of a run.
#pragma once

#include <functional>
#include <memory>

#include "batchmill/observer.hpp"

namespace batchmill {

struct progress_options {
  progress_options() = default;

  enum class style {
    automatic,  // terminal when `fd` is one and TERM is not "dumb", else plain
    terminal,   // a few lines redrawn in place
    plain,      // a line every ten seconds, no escape codes
    json,       // an object a line, fields as in json_progress.hpp
    none,       // notices and the summary only
  };

  style how = style::automatic;
  bool quiet = false;  // only warnings and errors: no progress, no summary
  bool color = true;   // also off by a non-empty NO_COLOR and by TERM=dumb
  int fd = 2;          // must stay open as long as the observer lives

  std::function<wall_time()> wall_now;  // for the times that are printed; empty: the system's clock
};

/// Prints notices, progress and the final summary to `options.fd`.
std::unique_ptr<run_observer> make_progress(const progress_options& options);

}  // namespace batchmill
