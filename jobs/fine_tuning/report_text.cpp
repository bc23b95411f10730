// A report for people: findings as compilers print them, then what the files hold.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "batchmill/fine_tuning.hpp"
#include "batchmill/grouped_number.hpp"

namespace batchmill::fine_tuning {

namespace {

std::string number(std::int64_t n) {
  return with_separators(static_cast<std::uint64_t>(std::max<std::int64_t>(n, 0)));
}

std::string counted(std::uint64_t n, std::string_view what) {
  return fmt::format("{} {}{}", with_separators(n), what, n == 1 ? "" : "s");
}

/// Text from a file must not command the terminal.
std::string printable(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    safe += byte < 0x20 || byte == 0x7F ? ' ' : c;
  }
  return safe;
}

std::string place(const std::string& file, const finding& found) {
  if (found.line == 0) return file;
  if (found.column == 0) return fmt::format("{}:{}", file, found.line);
  return fmt::format("{}:{}:{}", file, found.line, found.column);
}

void add_findings(const file_report& report, std::string& out) {
  for (const finding_group& group : report.findings) {
    for (const finding& found : group.first) {
      out +=
          fmt::format("{}: {}: {} [{}]\n", place(report.file, found),
                      group.is_error ? "error" : "warning", printable(found.sentence), group.code);
    }
    if (group.count > group.first.size()) {
      out += fmt::format("{}: and {} more [{}]\n", report.file,
                         with_separators(group.count - group.first.size()), group.code);
    }
    out += fmt::format("  to mend: {}\n", group.advice);
  }
}

std::string histogram_bar(std::uint64_t count, std::uint64_t most, bool with_unicode) {
  constexpr std::uint64_t width = 40;
  const std::uint64_t length = most == 0 ? 0 : (count * width + most - 1) / most;
  std::string bar;
  for (std::uint64_t i = 0; i < length; ++i) bar += with_unicode ? "█" : "#";
  return bar;
}

void add_histogram(const distribution& d, bool with_unicode, std::string& out) {
  std::uint64_t most = 0;
  std::size_t width = 0;
  const auto range = [&](const distribution::bar& bar) {
    return number(bar.from) + " - " + number(bar.to);
  };
  for (const distribution::bar& bar : d.bars) {
    most = std::max(most, bar.count);
    width = std::max(width, range(bar).size());
  }
  out += "\n  tokens per example\n";
  for (const distribution::bar& bar : d.bars) {
    out += fmt::format("  {:>{}}  {:>11}  {}\n", range(bar), width, with_separators(bar.count),
                       histogram_bar(bar.count, most, with_unicode));
  }
}

void add_row(std::string_view name, const distribution& d, std::string& out) {
  out += fmt::format("  {:<16}", name);
  for (const std::int64_t value : {d.least, d.p5, d.p50, d.p95, d.p99, d.most}) {
    out += fmt::format(" {:>9}", number(value));
  }
  out += fmt::format(" {:>11.1f}\n", d.mean());
}

void add_labels(const file_report& report, std::string& out) {
  constexpr std::size_t most = 20;
  if (report.labels.empty()) return;
  out += fmt::format("\n  {} classes:", report.labels.size());
  for (std::size_t i = 0; i < std::min(most, report.labels.size()); ++i) {
    out += fmt::format("{} {} {}", i == 0 ? "" : ",", printable(report.labels[i].label),
                       with_separators(report.labels[i].count));
  }
  out += report.labels.size() > most ? ", ...\n" : "\n";
}

void add_file(const file_report& report, bool with_unicode, std::string& out) {
  add_findings(report, out);
  out += fmt::format("{}: {}, {}, {} bytes; {}, {}\n", report.file,
                     report.how ? name_of(*report.how) : "no known format",
                     counted(report.examples, "example"), with_separators(report.bytes),
                     counted(report.errors, "error"), counted(report.warnings, "warning"));
  if (report.tokens.count == 0) return;
  out += fmt::format("\n  {:<16} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>11}\n", "an example's",
                     "least", "p5", "median", "p95", "p99", "most", "mean");
  add_row("messages", report.messages, out);
  add_row("tokens", report.tokens, out);
  add_row("assistant tokens", report.assistant_tokens, out);
  add_histogram(report.tokens, with_unicode, out);
  add_labels(report, out);
  out += "\n";
}

std::string price_text(const training_estimate& e) {
  if (e.price) return fmt::format("about ${:.2f}", e.price->in_dollars());
  if (e.dollars_per_hour) {
    return fmt::format("${:g} for each hour of training", *e.dollars_per_hour);
  }
  return "price unknown: " + e.unknown;
}

void add_estimate(const dataset_report& report, std::string& out) {
  const training_estimate& e = report.estimate;
  if (report.training.tokens.count == 0) return;
  out += fmt::format("Training{}: {}{} of {} tokens ({}{}), {} in all; {}.\n",
                     report.model.empty() ? "" : " " + report.model, counted(e.epochs, "epoch"),
                     e.epochs_chosen ? "" : ", by the usual rule,",
                     number(report.training.tokens_per_epoch), report.encoding,
                     report.encoding_is_guess ? ", a guess" : "", number(e.billable_tokens),
                     price_text(e));
}

}  // namespace

std::string to_text(const dataset_report& report, bool with_unicode) {
  std::string out;
  add_file(report.training, with_unicode, out);
  if (report.validation) add_file(*report.validation, with_unicode, out);
  add_estimate(report, out);
  for (const std::string& notice : report.notices) out += fmt::format("Note: {}.\n", notice);
  return out;
}

}  // namespace batchmill::fine_tuning
