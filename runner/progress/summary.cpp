// What a run came to, for a person.
#include "runner/progress/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "batchmill/duration.hpp"
#include "runner/progress/cost_text.hpp"
#include "runner/progress/humanize.hpp"
#include "runner/progress/summary_fields.hpp"
#include "runner/progress/text.hpp"

namespace batchmill {

namespace {

constexpr std::size_t most_reasons = 8;
constexpr std::size_t most_limits = 4;
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
    case run_end::under_way:
      return tone::waiting;
    case run_end::some_failed:
    case run_end::stopped:
      break;
  }
  return tone::bad;
}

/// What a person does now; empty when there is nothing to do.
std::string next_step(const run_summary& s) {
  if (s.end == run_end::under_way) return "The same command without --detach collects the results.";
  if (s.end == run_end::stopped || s.end == run_end::interrupted) {
    if (s.rows_left == 0) return "";
    return fmt::format("The same command goes on from here; {} no answer.",
                       s.rows_left == 1 ? "1 row has" : rows_text(s.rows_left) + " have");
  }
  if (s.rows_failed == 0)
    return s.simulated ? "These answers came from the built-in simulator. Without --simulate the "
                         "job asks the real API."
                       : "";
  return "The same command with --retry-failed asks the failed rows again.";
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

  /// Facts side by side; what has no room goes below.
  void facts(std::string_view label, const std::vector<std::string>& list) {
    std::string line;
    for (const auto& fact : list) {
      const auto used = visible_width(line);
      if (!line.empty() && used + 3 + visible_width(fact) + label_width <= width_)
        line += "   " + fact;
      else if (line.empty())
        line = fact;
      else {
        text_ += cut(labelled(std::exchange(label, "")) + line, width_) + "\n";
        line = fact;
      }
    }
    text_ += cut(labelled(label) + line, width_) + "\n";
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
  std::vector<std::string> facts{b.number(s.rows_ok, tone::good) + " ok",
                                 b.number(s.rows_failed, tone::bad) + " failed"};
  if (s.rows_left != 0) facts.push_back(b.number(s.rows_left, tone::waiting) + " not answered");
  facts.push_back(b.dim("of " + with_separators(s.rows_total)));
  b.facts("rows", facts);
}

void add_failures(block& b, const run_summary& s) {
  const auto failures = by_frequency(s.failures);
  if (failures.empty()) return;
  const auto digits = with_separators(failures.front().second).size();
  std::string_view label = "failures";
  for (std::size_t i = 0; i < std::min(failures.size(), most_reasons); ++i) {
    const auto rows = with_separators(failures[i].second);
    b.facts(std::exchange(label, ""),
            {fmt::format("{:>{}}  {}", rows, digits, escape_controls(failures[i].first))});
  }
  if (failures.size() > most_reasons)
    b.facts("", {fmt::format("{:{}}  and {} more", "", digits, failures.size() - most_reasons)});
}

void add_labels(block& b, const run_summary& s) {
  std::size_t digits = 0;
  for (const auto& [label, rows] : s.labels)
    digits = std::max(digits, with_separators(rows).size());
  std::string_view title = "verdicts";
  for (const auto& [label, rows] : by_frequency(s.labels)) {
    b.facts(std::exchange(title, ""),
            {fmt::format("{:>{}}  {}", with_separators(rows), digits, escape_controls(label))});
  }
}

void add_work(block& b, const run_summary& s) {
  std::vector<std::string> attempts{with_separators(s.attempts),
                                    with_separators(s.retries) + " retries",
                                    with_separators(s.rate_limited) + " answered 429"};
  if (s.bisected > 0) attempts.push_back(with_separators(s.bisected) + " to bisect packs");
  if (s.batches > 0)
    attempts.push_back("in " + with_separators(s.batches) +
                       (s.batches == 1 ? " batch" : " batches"));
  b.facts("attempts", attempts);
  if (s.shared > 0)
    b.facts("shared", {with_separators(s.shared) + " rows have an equal row's answer"});
  std::vector<std::string> tokens{with_separators(positive(s.tokens.prompt)) + " in",
                                  with_separators(positive(s.tokens.completion)) + " out"};
  if (s.tokens.cached > 0)
    tokens.push_back(with_separators(positive(s.tokens.cached)) + " of the input cached");
  b.facts("tokens", tokens);
}

void add_cost(block& b, const run_summary& s) {
  const auto facts = cost_facts(s);
  if (facts.empty()) return;
  b.facts("cost", facts);
  if (s.models.size() < 2) return;
  for (const model_cost& m : s.models) b.facts("", cost_facts(m));
}

std::string text_of(const limit_summary& limit) {
  const auto per_minute = static_cast<std::uint64_t>(std::lround(limit.per_minute));
  return fmt::format("{:.1f} % of {} {}/min used", 100 * limit.used, with_separators(per_minute),
                     to_string(limit.what));
}

/// The limits that came nearest to being used up; those of many models would fill the screen.
void add_limits(block& b, const run_summary& s) {
  auto sorted = s.limits;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& x, const auto& y) { return x.used > y.used; });
  sorted.resize(std::min(sorted.size(), most_limits));
  std::string_view label = "limits";
  for (const limit_summary& limit : sorted) {
    std::vector<std::string> facts{text_of(limit)};
    if (!limit.model.empty()) facts.push_back(escape_controls(limit.model));
    b.facts(std::exchange(label, ""), facts);
  }
}

void add_times(block& b, const run_summary& s) {
  b.facts("time", {rough_duration(s.wall), short_rate(s.rows_per_second()) + " rows/s",
                   rough_duration(s.waited_for_limits) + " waiting for limits"});
  if (s.latency_max > duration::zero())
    b.facts("latency",
            {"p50 " + format_duration(s.latency_p50), "p95 " + format_duration(s.latency_p95),
             "p99 " + format_duration(s.latency_p99), "max " + format_duration(s.latency_max)});
}

}  // namespace

std::string headline(const run_summary& s) {
  const auto reason = escape_controls(s.stop_reason);
  switch (s.end) {
    case run_end::complete:
      if (s.rows_ok == 0) return "Complete: there were no rows.";
      return s.rows_ok == 1 ? "Complete: the row succeeded."
                            : fmt::format("Complete: all {} succeeded.", rows_text(s.rows_ok));
    case run_end::some_failed:
      return fmt::format("Finished: {} of {} failed.", with_separators(s.rows_failed),
                         rows_text(s.rows_total));
    case run_end::stopped:
      return reason.empty() ? "Stopped." : "Stopped: " + reason;
    case run_end::under_way:
      return "Under way: the batches go on at the server.";
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
  add_labels(b, s);
  add_work(b, s);
  add_cost(b, s);
  add_limits(b, s);
  add_times(b, s);
  b.path("results", s.output);
  b.path("failed", s.failed_output);
  const auto next = next_step(s);
  if (!next.empty()) b.paragraph("next", next);
  return b.take();
}

}  // namespace batchmill
