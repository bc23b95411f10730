// What a run came to, for a person.
#include "runner/progress/summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "batchmill/duration.hpp"
#include "runner/progress/humanize.hpp"
#include "runner/progress/summary_fields.hpp"
#include "runner/progress/text.hpp"

namespace batchmill {

namespace {

constexpr std::size_t most_reasons = 8;
constexpr std::size_t label_width = 12;  // two spaces before, the label, a gap

std::string rows_text(std::uint64_t n) {
  return with_separators(n) + (n == 1 ? " row" : " rows");
}

std::uint64_t positive(std::int64_t n) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(n, 0));
}

tone tone_of(run_end end) {
  switch (end) {
    case run_end::complete:
      return tone::good;
    case run_end::interrupted:
      return tone::waiting;
    case run_end::some_failed:
    case run_end::stopped:
      break;
  }
  return tone::bad;
}

/// What a person does now; empty when there is nothing to do.
std::string next_step(const run_summary& s) {
  if (s.end == run_end::stopped || s.end == run_end::interrupted) {
    if (s.rows_left == 0) return "";
    return fmt::format("The results hold the rows answered so far, in input order; {} no answer.",
                       s.rows_left == 1 ? "1 row has" : rows_text(s.rows_left) + " have");
  }
  if (s.rows_failed == 0)
    return s.simulated ? "These answers came from the built-in simulator. Without --simulate the "
                         "job asks the real API."
                       : "";
  if (!s.failed_output.empty()) return "Run the job again with the failed rows as its input.";
  return "Give output.failed a path to collect failed rows, ready to be run again.";
}

/// Collects the summary's lines: a dim label, then what belongs to it.
class block {
 public:
  block(std::size_t width, bool color) : width_(width), color_(color) {}

  void title(const run_summary& s) {
    std::string line = paint(tone::strong, escape_controls(s.name), color_);
    if (!s.model.empty()) line += "  " + dim(escape_controls(s.model));
    if (s.simulated) line += "  " + dim("simulated");
    if (line.empty()) return;
    text_ += cut(line, width_) + "\n";
  }

  void sentence(std::string_view words, tone t) {
    for (const auto& line : wrap(words, width_)) text_ += paint(t, line, color_) + "\n";
  }

  /// Never cut: a path must survive being copied.
  void path(std::string_view label, std::string_view value) {
    if (!value.empty()) text_ += labelled(label) + escape_controls(value) + "\n";
  }

  void line(std::string_view label, std::string_view value) {
    text_ += cut(labelled(label) + std::string(value), width_) + "\n";
  }

  void paragraph(std::string_view label, std::string_view words) {
    const auto room = width_ > label_width + 20 ? width_ - label_width : 20;
    for (const auto& l : wrap(words, room)) {
      text_ += labelled(label) + l + "\n";
      label = "";
    }
  }

  void gap() { text_ += "\n"; }

  std::string number(std::uint64_t n, tone t) const {
    return paint(n == 0 ? tone::plain : t, with_separators(n), color_);
  }
  std::string dim(std::string_view words) const { return paint(tone::dim, words, color_); }
  std::string take() { return std::move(text_); }

 private:
  std::string labelled(std::string_view label) const {
    return "  " + dim(label) +
           std::string(label_width - 2 - std::min(label.size(), label_width - 3), ' ');
  }

  std::size_t width_;
  bool color_;
  std::string text_;
};

void add_rows(block& b, const run_summary& s) {
  auto line = fmt::format("{} ok   {} failed", b.number(s.rows_ok, tone::good),
                          b.number(s.rows_failed, tone::bad));
  if (s.rows_left != 0)
    line += fmt::format("   {} not answered", b.number(s.rows_left, tone::waiting));
  b.line("rows", line + "   " + b.dim(fmt::format("of {}", with_separators(s.rows_total))));
}

void add_failures(block& b, const run_summary& s) {
  const auto failures = failures_by_frequency(s);
  if (failures.empty()) return;
  const auto digits = with_separators(failures.front().second).size();
  std::string_view label = "failures";
  for (std::size_t i = 0; i < std::min(failures.size(), most_reasons); ++i) {
    const auto& [reason, rows] = failures[i];
    b.line(label,
           fmt::format("{:>{}}  {}", with_separators(rows), digits, escape_controls(reason)));
    label = "";
  }
  if (failures.size() > most_reasons)
    b.line("", fmt::format("{:{}}  and {} more", "", digits, failures.size() - most_reasons));
}

void add_work(block& b, const run_summary& s) {
  b.line("attempts", fmt::format("{}   {} retries   {} answered 429", with_separators(s.attempts),
                                 with_separators(s.retries), with_separators(s.rate_limited)));
  auto tokens = fmt::format("{} in   {} out", with_separators(positive(s.tokens.prompt)),
                            with_separators(positive(s.tokens.completion)));
  if (s.tokens.cached > 0)
    tokens += fmt::format("   {} of the input cached", with_separators(positive(s.tokens.cached)));
  b.line("tokens", tokens);
}

void add_times(block& b, const run_summary& s) {
  b.line("time", fmt::format("{}   {} rows/s   {} waiting for limits", rough_duration(s.wall),
                             short_rate(s.rows_per_second()), rough_duration(s.waited_for_limits)));
  if (s.latency_max > duration::zero())
    b.line("latency", fmt::format("p50 {}   p95 {}   p99 {}   max {}",
                                  format_duration(s.latency_p50), format_duration(s.latency_p95),
                                  format_duration(s.latency_p99), format_duration(s.latency_max)));
}

}  // namespace

std::string headline(const run_summary& s) {
  const auto reason = escape_controls(s.stop_reason);
  switch (s.end) {
    case run_end::complete:
      return s.rows_ok == 1 ? "Complete: the row succeeded."
                            : fmt::format("Complete: all {} succeeded.", rows_text(s.rows_ok));
    case run_end::some_failed:
      return fmt::format("Finished: {} of {} failed.", with_separators(s.rows_failed),
                         rows_text(s.rows_total));
    case run_end::stopped:
      return reason.empty() ? "Stopped." : "Stopped: " + reason;
    case run_end::interrupted:
      break;
  }
  return reason.empty() ? "Interrupted." : "Interrupted: " + reason;
}

std::string render_summary(const run_summary& s, int width, bool color) {
  block b(static_cast<std::size_t>(std::max(width, 1)), color);
  b.title(s);
  b.sentence(headline(s), tone_of(s.end));
  b.gap();
  add_rows(b, s);
  add_failures(b, s);
  add_work(b, s);
  add_times(b, s);
  b.path("results", s.output);
  b.path("failed", s.failed_output);
  const auto next = next_step(s);
  if (!next.empty()) b.paragraph("next", next);
  return b.take();
}

}  // namespace batchmill
