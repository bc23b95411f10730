// A status as lines of text. Pure: no terminal, no time.
#include "runner/progress/render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "runner/progress/bar.hpp"
#include "runner/progress/cost_text.hpp"
#include "runner/progress/humanize.hpp"
#include "runner/progress/status_text.hpp"

namespace batchmill {

namespace {

constexpr std::size_t narrow = 60;  // columns below which one fact a line has to do
constexpr std::size_t longest_bar = 40;
constexpr std::size_t shortest_bar = 8;

/// A fact on a line. Where room is short the least important ones are left out.
struct field {
  std::string text;
  int importance;
};

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string joined(std::vector<field> fields, std::size_t width) {
  std::erase_if(fields, [](const field& f) { return f.text.empty(); });
  constexpr std::size_t gap = 3;
  const auto needed = [&] {
    std::size_t sum = 0;
    for (const auto& f : fields) sum += visible_width(f.text) + gap;
    return sum - gap;
  };
  while (fields.size() > 1 && needed() > width)
    fields.erase(std::min_element(fields.begin(), fields.end(), [](const auto& a, const auto& b) {
      return a.importance < b.importance;
    }));
  std::string line;
  for (const auto& f : fields) line.append(line.empty() ? "" : "   ").append(f.text);
  return cut(trimmed(std::move(line)), width);
}

/// The parts of the live area, painted.
class painter {
 public:
  painter(const run_status& s, look l) : s_(s), look_(l) {}

  /// The rate and the time left are padded, so that the line stands still while they change.
  /// Empty when there is no room for all of it.
  std::string overview(std::size_t width) const {
    const auto text = fmt::format("{}   {}   {}", facts(), padded_rate(), padded_eta());
    const auto used = visible_width(text) + 2;
    if (s_.rows_total == 0) return joined({{facts(), 2}, {rate(), 1}}, width);
    if (used + shortest_bar > width) return "";
    return trimmed(bar_of(width - used) + "  " + text);
  }

  std::string bar_and_percent(std::size_t width) const {
    if (s_.rows_total == 0) return cut(done_of_total(s_) + dim(" rows"), width);
    const auto text = facts();
    const auto used = visible_width(text) + 1;
    if (used + shortest_bar > width)
      return joined({{percent(s_), 1}, {done_of_total(s_), 2}}, width);
    return bar_of(width - used) + " " + text;
  }

  std::string speed(std::size_t width) const {
    return joined({{rate(), 3}, {padded_eta(), 2}, {time_passed(), 1}}, width);
  }

  std::string counters(std::size_t width) const {
    if (s_.batches)
      return joined({{batches_text(*s_.batches), 3},
                     {count("failed", s_.rows_failed, tone::bad), 2},
                     {tokens(), 1}},
                    width);
    return joined({{count("in flight", s_.in_flight, tone::plain), 7},
                   {count("waiting", s_.waiting, tone::waiting), 2},
                   {count("retries", s_.retries, tone::plain), 1},
                   {count("429s", s_.rate_limited, tone::waiting), 3},
                   {count("failed", s_.rows_failed, tone::bad), 6},
                   {tokens(), 4},
                   {cost(), 5}},
                  width);
  }

  std::string time_and_cause(std::size_t width) const {
    return joined({{time_passed(), 1}, {cause(), 2}}, width);
  }

  std::string cause() const {
    if (s_.stopping) {
      const auto text = s_.in_flight == 0 ? std::string("stopping")
                                          : fmt::format("stopping: {} still in flight",
                                                        with_separators(s_.in_flight));
      return paint(tone::waiting, text, look_.color);
    }
    if (s_.held_by == bottleneck::none) return dim(words_for(s_.held_by));
    const bool waits = s_.held_by == bottleneck::pause || s_.held_by == bottleneck::outage;
    const auto t = waits ? tone::waiting : tone::plain;
    return dim("held by: ") + paint(t, cause_of(s_), look_.color);
  }

 private:
  std::string dim(std::string_view text) const { return paint(tone::dim, text, look_.color); }

  std::string bar_of(std::size_t room) const {
    return render_bar(share_done(s_), std::min(room, longest_bar), look_);
  }

  std::string facts() const {
    if (s_.rows_total == 0) return done_of_total(s_) + dim(" rows");
    return percent(s_) + "  " + done_of_total(s_);
  }

  std::string rate() const { return short_rate(s_.rows_per_second) + dim(" rows/s"); }
  std::string padded_rate() const {
    return fmt::format("{:>5}", short_rate(s_.rows_per_second)) + dim(" rows/s");
  }
  std::string padded_eta() const { return dim("ETA ") + fmt::format("{:<6}", eta(s_)); }
  std::string time_passed() const { return dim("elapsed ") + elapsed(s_); }

  std::string count(std::string_view label, std::uint64_t n, tone t) const {
    const auto shown = with_separators(n);
    return dim(label) + " " + paint(n == 0 ? tone::dim : t, shown, look_.color);
  }

  std::string tokens() const {
    const auto n = static_cast<std::uint64_t>(std::max<std::int64_t>(s_.tokens.total, 0));
    return dim("tokens ") + paint(n == 0 ? tone::dim : tone::plain, short_count(n), look_.color);
  }

  std::string cost() const {
    const std::string spent = cost_so_far(s_.cost);
    return spent.empty() ? "" : dim("cost ") + spent;
  }

  const run_status& s_;
  look look_;
};

}  // namespace

std::string render_live(const run_status& s, int width, look l) {
  const auto columns = static_cast<std::size_t>(std::max(width, 1));
  const painter p(s, l);
  const auto overview = columns < narrow ? "" : p.overview(columns);
  if (!overview.empty())
    return fmt::format("{}\n{}\n{}", overview, p.counters(columns), p.time_and_cause(columns));
  return fmt::format("{}\n{}\n{}\n{}", p.bar_and_percent(columns), p.speed(columns),
                     p.counters(columns), cut(p.cause(), columns));
}

std::string render_plain(const run_status& s) {
  std::string line = s.rows_total == 0 ? done_of_total(s) + " rows"
                                       : percent(s) + "  " + done_of_total(s) + " rows";
  if (s.batches) {
    line += ", " + batches_text(*s.batches);
  } else {
    line += fmt::format(", {} rows/s, {} in flight", short_rate(s.rows_per_second),
                        with_separators(s.in_flight));
  }
  if (s.rows_failed != 0) line += fmt::format(", {} failed", with_separators(s.rows_failed));
  if (s.rate_limited != 0) line += fmt::format(", {} 429s", with_separators(s.rate_limited));
  if (s.cost.begun) line += ", cost " + cost_so_far(s.cost);
  if (s.rows_total != 0) line += ", ETA " + eta(s);
  if (s.stopping) return line + ", stopping";
  if (s.held_by == bottleneck::none) return line;
  return line + fmt::format(", held by: {}", cause_of(s));
}

}  // namespace batchmill
