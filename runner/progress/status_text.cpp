// What a status says, in words and short figures.
#include "runner/progress/status_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runner/progress/humanize.hpp"
#include "runner/progress/text.hpp"

namespace batchmill {

using std::chrono::seconds;

namespace {

/// The total as it is known: an estimate that has been passed counts up with the rows.
std::uint64_t shown_total(const run_status& s) {
  return std::max(s.rows_total, s.rows_done());
}

}  // namespace

std::string done_of_total(const run_status& s) {
  if (s.rows_total == 0) return with_separators(s.rows_done());
  const auto total = with_separators(shown_total(s));
  return fmt::format("{:>{}}/{}{}", with_separators(s.rows_done()), total.size(),
                     s.total_exact ? "" : "~", total);
}

double share_done(const run_status& s) {
  return s.rows_total == 0
             ? 0
             : static_cast<double>(s.rows_done()) / static_cast<double>(shown_total(s));
}

std::string percent(const run_status& s) {
  if (s.rows_total == 0) return "  0%";
  const auto whole = s.rows_done() * 100 / shown_total(s);
  return fmt::format("{:3}%", s.total_exact ? whole : std::min<std::uint64_t>(whole, 99));
}

std::string eta(const run_status& s) {
  const auto left = time_left(s);
  return left ? coarse_duration(*left) : "--";
}

std::string elapsed(const run_status& s) {
  return rough_duration(std::chrono::floor<seconds>(s.elapsed));
}

std::string_view words_for(bottleneck b) {
  switch (b) {
    case bottleneck::none:
      return "starting";
    case bottleneck::server:
      return "the server's speed";
    case bottleneck::concurrency:
      return "concurrency limit";
    case bottleneck::requests:
      return "request limit";
    case bottleneck::tokens:
      return "token limit";
    case bottleneck::day:
      return "daily request limit";
    case bottleneck::pause:
      return "the server asked to wait";
    case bottleneck::outage:
      return "the server does not answer";
    case bottleneck::retries:
      return "retries";
    case bottleneck::window:
      return "one slow row";
    case bottleneck::input:
      return "the input's speed";
    case bottleneck::batches:
      return "the batches at the server";
    case bottleneck::queue:
      return "limit of enqueued tokens";
    case bottleneck::budget:
      return "the budget";
  }
  return "unknown";
}

std::string cause_of(const run_status& s) {
  std::string text(words_for(s.held_by));
  if (s.held_limit_per_minute >= 1 && s.held_limit_per_minute < 1e15) {
    const auto limit = static_cast<std::uint64_t>(std::lround(s.held_limit_per_minute));
    text += fmt::format(" ({}/min)", with_separators(limit));
  }
  if (!s.held_model.empty()) text += " of " + escape_controls(s.held_model);
  return text;
}

std::string batches_text(const batch_counters& b) {
  std::string text = fmt::format("batches {} under way", with_separators(b.under_way));
  if (b.under_way > 0)
    text += fmt::format(" ({} of {} requests done)", with_separators(b.answered),
                        with_separators(b.requests));
  if (b.waiting > 0) text += fmt::format(", {} waiting", with_separators(b.waiting));
  return text + fmt::format(", {} done", with_separators(b.done));
}

std::optional<duration> time_left(const run_status& s) {
  if (s.rows_total == 0 || s.stopping) return {};
  if (s.total_exact && s.rows_done() >= s.rows_total) return duration::zero();
  if (s.elapsed < seconds(2) || s.rows_done() == 0 || s.rows_done() >= s.rows_total) return {};
  const double overall =
      static_cast<double>(s.rows_done()) / std::chrono::duration<double>(s.elapsed).count();
  const double recent = std::isfinite(s.rows_per_second) ? std::max(s.rows_per_second, 0.0) : 0;
  const double left = static_cast<double>(s.rows_total - s.rows_done()) * 2 / (overall + recent);
  constexpr double longest = 1000.0 * 24 * 3600;
  if (left > longest) return {};
  return std::chrono::duration_cast<duration>(std::chrono::duration<double>(left));
}

}  // namespace batchmill
