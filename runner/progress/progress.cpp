// Chooses the display that fits the place progress goes to.
#include "runner/progress/progress.hpp"

#include <utility>

#include "runner/progress/console.hpp"
#include "runner/progress/environment.hpp"
#include "runner/progress/json_progress.hpp"
#include "runner/progress/plain_progress.hpp"
#include "runner/progress/terminal_progress.hpp"

namespace batchmill {

std::unique_ptr<run_observer> make_progress(const progress_options& options) {
  const console out(options.fd);
  const auto env = environment::of_process();
  auto now = options.wall_now ? options.wall_now : [] { return std::chrono::system_clock::now(); };
  const auto style = chosen_style(options, out.is_terminal(), env);
  const look l = chosen_look(options, style, out.is_terminal(), env);
  switch (style) {
    case progress_options::style::json:
      return std::make_unique<json_progress>(out, options.quiet, std::move(now));
    case progress_options::style::terminal:
      if (!options.quiet) return std::make_unique<terminal_progress>(out, l);
      [[fallthrough]];
    default:
      return std::make_unique<plain_progress>(
          out, plain_settings(style != progress_options::style::plain, options.quiet, l.color),
          std::move(now));
  }
}

}  // namespace batchmill
