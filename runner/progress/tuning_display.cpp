#include "runner/progress/tuning_display.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "runner/progress/bar.hpp"
#include "runner/progress/console.hpp"
#include "runner/progress/environment.hpp"
#include "runner/progress/humanize.hpp"
#include "runner/progress/live_area.hpp"
#include "runner/progress/notices.hpp"
#include "runner/progress/tuning_text.hpp"

namespace batchmill {
namespace {

constexpr std::size_t chart_rows = 8, gap = 2, bar_width = 22;
constexpr int narrowest_pair = 80;
constexpr int standard_error = 2;

void add_point(std::vector<curve_point>& points, std::int64_t step,
               const std::optional<double>& value) {
  if (value) points.emplace_back(step, *value);
}

std::string head_of(const remote_tuning_job& job, const tuning_curves& curves, unix_seconds now,
                    look l) {
  std::string text = fmt::format("{} {}", job.id, job.status_text);
  const std::int64_t total = curves.total_steps();
  if (total > 0) {
    const double share = static_cast<double>(curves.step()) / static_cast<double>(total);
    text +=
        fmt::format("  {} step {} of {}", render_bar(share, bar_width, l), curves.step(), total);
  }
  if (!is_final(job.status) && job.estimated_finish > now) {
    text +=
        fmt::format(", {} left", coarse_duration(std::chrono::seconds(job.estimated_finish - now)));
  }
  return text;
}

class terminal_display final : public tuning_display {
 public:
  terminal_display(int fd, look l) : out_(fd), look_(l) {}

  ~terminal_display() override { out_.write(area_.clear(width())); }

  void event(const remote_tuning_event& event) override {
    if (event.metrics) {
      curves_.add(*event.metrics);
    } else {
      out_.write(area_.print_above(event_line(event) + '\n', width()));
    }
  }

  void look_at(const remote_tuning_job& job, unix_seconds now) override {
    if (out_.ready()) {
      out_.write(area_.draw(render_tuning(job, curves_, now, width() - 1, look_), width()));
    }
  }

  void notice(severity level, std::string_view sentence) override {
    out_.write(area_.print_above(notice_line(level, sentence, look_.color), width()));
  }

  /// The picture stays.
  void finished() override { area_ = live_area(); }

 private:
  int width() const { return out_.dimensions().columns; }

  console out_;
  look look_;
  live_area area_;
  tuning_curves curves_;
};

/// Lines, each with one thing.
class line_display final : public tuning_display {
 public:
  line_display(int fd, progress_options::style how) : out_(fd), how_(how) {}

  void event(const remote_tuning_event& event) override {
    using style = progress_options::style;
    if (how_ == style::plain) out_.write(event_line(event) + '\n');
    if (how_ == style::json) out_.write(json_of(event).line() + '\n');
  }

  void look_at(const remote_tuning_job&, unix_seconds) override {}

  void notice(severity level, std::string_view sentence) override {
    apart_.write(notice_line(level, sentence, false));
  }

  void finished() override {}

 private:
  console out_;
  console apart_{standard_error};  // programs read the events
  progress_options::style how_;
};

}  // namespace

void tuning_curves::add(const tuning_metrics& m) {
  step_ = std::max(step_, m.step);
  total_ = std::max(total_, m.total_steps);
  add_point(loss_.main, m.step, m.train_loss);
  add_point(loss_.other, m.step, m.full_valid_loss ? m.full_valid_loss : m.valid_loss);
  add_point(accuracy_.main, m.step, m.train_accuracy);
  add_point(accuracy_.other, m.step,
            m.full_valid_accuracy ? m.full_valid_accuracy : m.valid_accuracy);
}

std::string render_tuning(const remote_tuning_job& job, const tuning_curves& curves,
                          unix_seconds now, int width, look l) {
  const auto columns = static_cast<std::size_t>(std::max(width, 1));
  std::string text = cut(head_of(job, curves, now, l), columns);
  if (curves.step() == 0) return text;
  const std::int64_t last = std::max(curves.total_steps(), curves.step());
  const bool pair = width >= narrowest_pair && !curves.accuracy().main.empty();
  const std::size_t each = pair ? (columns - gap) / 2 : columns;
  auto lines = render_curve(curves.loss(), last, each, chart_rows, l);
  if (pair) {
    lines = beside(lines, render_curve(curves.accuracy(), last, each, chart_rows, l), each);
  }
  for (const std::string& line : lines) text += '\n' + line;
  return text;
}

std::unique_ptr<tuning_display> make_tuning_display(const progress_options& options) {
  using style = progress_options::style;
  const console out(options.fd);
  const environment env = environment::of_process();
  const style chosen = options.quiet ? style::none : chosen_style(options, out.is_terminal(), env);
  if (chosen != style::terminal) return std::make_unique<line_display>(options.fd, chosen);
  return std::make_unique<terminal_display>(options.fd,
                                            chosen_look(options, chosen, out.is_terminal(), env));
}

}  // namespace batchmill
