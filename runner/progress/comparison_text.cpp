#include "runner/progress/comparison_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "batchmill/duration.hpp"
#include "runner/flow/dollars.hpp"
#include "runner/progress/humanize.hpp"
#include "runner/progress/json_text.hpp"
#include "runner/progress/table.hpp"
#include "runner/progress/text.hpp"

namespace batchmill {
namespace {

using fine_tuning::answer_difference;
using fine_tuning::comparison;
using fine_tuning::label_score;
using fine_tuning::model_score;
using fine_tuning::validity;

constexpr std::size_t text_width = 72;   // of a prompt or an answer
constexpr std::size_t most_labels = 30;  // in the table; JSON has all
constexpr double per_thousand = 1000;

std::string letter(std::size_t model) {
  return std::string(1, static_cast<char>('A' + model));
}

std::string share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  return fmt::format("{} ({:.1f}%)", with_separators(part),
                     100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string tokens(std::int64_t n) {
  return with_separators(static_cast<std::uint64_t>(std::max<std::int64_t>(n, 0)));
}

/// What so many prompts cost when a thousand are asked.
std::optional<money> thousand_cost(const model_score& score, const comparison& made) {
  const std::uint64_t answered = made.prompts - score.failed;
  if (!score.cost || answered == 0) return std::nullopt;
  return money::dollars(score.cost->in_dollars() * per_thousand / static_cast<double>(answered));
}

std::string dollars_or_unknown(const std::optional<money>& amount) {
  return amount ? show_dollars(*amount) : "unknown";
}

std::string time_or_dash(duration time) {
  return time > duration::zero() ? format_duration(time) : "-";
}

/// A line for each measure, a column for each model.
class score_table {
 public:
  explicit score_table(const comparison& made) : made_(made), table_(columns(made.models.size())) {}

  template <class Cell>
  void add(const char* what, Cell cell) {
    std::vector<std::string> cells{what};
    for (const model_score& score : made_.models) cells.push_back(cell(score));
    table_.add(cells);
  }

  std::string text() const { return table_.text(); }

 private:
  static std::vector<text_table::column> columns(std::size_t models) {
    std::vector<text_table::column> all{{"", text_table::side::left}};
    for (std::size_t i = 0; i < models; ++i) all.push_back({letter(i), text_table::side::right});
    return all;
  }

  const comparison& made_;
  text_table table_;
};

void add_quality(const comparison& made, score_table& table) {
  const std::uint64_t all = made.references;
  if (!made.labels.empty()) {
    table.add("right label", [&](const model_score& s) { return share(s.right_label, all); });
    table.add("no label at all", [&](const model_score& s) { return share(s.no_label, all); });
  }
  if (all > 0) {
    table.add("exact match", [&](const model_score& s) { return share(s.exact, all); });
    table.add("gained, lost", [&](const model_score& s) {
      if (&s == &made.models.front()) return std::string("-");
      return fmt::format("+{}, -{}", with_separators(s.gained), with_separators(s.lost));
    });
  }
  if (made.judged != validity::any) {
    table.add(made.judged == validity::schema ? "fits the schema" : "is JSON",
              [&](const model_score& s) { return share(s.valid, made.prompts); });
  }
}

void add_effort(const comparison& made, score_table& table) {
  table.add("failed", [](const model_score& s) { return with_separators(s.failed); });
  table.add("tokens in", [](const model_score& s) { return tokens(s.tokens.prompt); });
  table.add("tokens out", [](const model_score& s) { return tokens(s.tokens.completion); });
  table.add("cost", [](const model_score& s) { return dollars_or_unknown(s.cost); });
  table.add("cost of 1,000 answers",
            [&](const model_score& s) { return dollars_or_unknown(thousand_cost(s, made)); });
  table.add("latency, median", [](const model_score& s) { return time_or_dash(s.latency_p50); });
  table.add("latency, 95%", [](const model_score& s) { return time_or_dash(s.latency_p95); });
}

std::string label_table(const comparison& made) {
  std::vector<text_table::column> columns{{"label", text_table::side::left},
                                          {"prompts", text_table::side::right}};
  for (std::size_t i = 0; i < made.models.size(); ++i) {
    columns.push_back({letter(i) + " right", text_table::side::right});
    columns.push_back({letter(i) + " said", text_table::side::right});
  }
  text_table table(std::move(columns));
  for (std::size_t n = 0; n < std::min(most_labels, made.labels.size()); ++n) {
    const label_score& label = made.labels[n];
    std::vector<std::string> cells{label.label, with_separators(label.prompts)};
    for (std::size_t i = 0; i < made.models.size(); ++i) {
      cells.push_back(with_separators(label.right[i]));
      cells.push_back(with_separators(label.said[i]));
    }
    table.add(cells);
  }
  std::string text = table.text();
  if (made.labels.size() > most_labels) {
    text += fmt::format("and {} more\n", made.labels.size() - most_labels);
  }
  return text;
}

std::string line_of(std::string_view what, const std::string& text) {
  return fmt::format("  {:<10} {}\n", what, cut(escape_controls(text), text_width));
}

std::string differences_text(const comparison& made) {
  if (made.different == 0) return "All prompts were answered alike.\n";
  std::string text = fmt::format("{} of {} prompts were answered differently",
                                 with_separators(made.different), with_separators(made.prompts));
  if (made.differences.empty()) return text + ".\n";
  text += made.differences.size() < made.different ? ", such as:\n" : ":\n";
  for (const answer_difference& one : made.differences) {
    text += line_of(fmt::format("line {}", one.line), one.shown);
    if (!one.reference.empty()) text += line_of("reference", one.reference);
    for (std::size_t i = 0; i < one.answers.size(); ++i) {
      text += line_of(letter(i), one.answers[i].empty() ? "(none)" : one.answers[i]);
    }
  }
  return text;
}

json_object share_json(std::uint64_t part, std::uint64_t whole) {
  json_object object;
  object.count("count", part).count("of", whole);
  if (whole == 0) return std::move(object.null("share"));
  return std::move(object.number("share", static_cast<double>(part) / static_cast<double>(whole)));
}

json_object model_json(const model_score& score, const comparison& made) {
  const auto seconds = [](json_object& to, const char* key, duration time) {
    if (time > duration::zero()) {
      to.seconds(key, time);
    } else {
      to.null(key);
    }
  };
  json_object object;
  object.text("model", score.model).count("failed", score.failed);
  object.object("exact_match", share_json(score.exact, made.references));
  if (!made.labels.empty()) {
    object.object("right_label", share_json(score.right_label, made.references));
    object.object("no_label", share_json(score.no_label, made.references));
  }
  if (made.judged != validity::any) {
    object.object("valid", share_json(score.valid, made.prompts));
  }
  object.count("gained", score.gained).count("lost", score.lost);
  json_object used;
  used.integer("prompt", score.tokens.prompt)
      .integer("cached", score.tokens.cached)
      .integer("completion", score.tokens.completion)
      .integer("reasoning", score.tokens.reasoning);
  object.object("tokens", std::move(used));
  if (score.cost) {
    object.dollars("cost_usd", *score.cost);
  } else {
    object.null("cost_usd");
  }
  json_object latency;
  seconds(latency, "p50", score.latency_p50);
  seconds(latency, "p95", score.latency_p95);
  return std::move(object.object("latency_seconds", std::move(latency)));
}

json_object label_json(const label_score& label, const comparison& made) {
  json_object object;
  object.text("label", label.label).count("prompts", label.prompts);
  std::vector<json_object> models;
  for (std::size_t i = 0; i < made.models.size(); ++i) {
    json_object& one = models.emplace_back();
    one.text("model", made.models[i].model);
    one.count("right", label.right[i]).count("said", label.said[i]);
  }
  return std::move(object.list("models", std::move(models)));
}

json_object difference_json(const answer_difference& difference, const comparison& made) {
  json_object object;
  object.integer("line", static_cast<std::int64_t>(difference.line))
      .text("prompt", difference.shown)
      .text_or_null("reference", difference.reference);
  std::vector<json_object> answers;
  for (std::size_t i = 0; i < difference.answers.size(); ++i) {
    json_object& one = answers.emplace_back();
    one.text("model", made.models[i].model)
        .text_or_null("answer", difference.answers[i])
        .flag("right", difference.right[i]);
  }
  return std::move(object.list("answers", std::move(answers)));
}

}  // namespace

std::string comparison_text(const comparison& made) {
  std::string text = fmt::format("{} prompts of {}\n\n", with_separators(made.prompts), made.file);
  for (std::size_t i = 0; i < made.models.size(); ++i) {
    text += fmt::format("{}  {}\n", letter(i), escape_controls(made.models[i].model));
  }
  score_table table(made);
  add_quality(made, table);
  add_effort(made, table);
  text += "\n" + table.text();
  if (!made.labels.empty()) text += "\n" + label_table(made);
  if (made.models.size() > 1) text += "\n" + differences_text(made);
  return text;
}

std::string comparison_json(const comparison& made) {
  json_object object;
  object.text("file", made.file)
      .count("prompts", made.prompts)
      .count("references", made.references);
  std::vector<json_object> models, labels, differences;
  for (const model_score& score : made.models) models.push_back(model_json(score, made));
  for (const label_score& label : made.labels) labels.push_back(label_json(label, made));
  for (const answer_difference& one : made.differences) {
    differences.push_back(difference_json(one, made));
  }
  object.text_or_null("valid_means", made.judged == validity::any      ? ""
                                     : made.judged == validity::schema ? "fits the schema"
                                                                       : "is JSON");
  object.list("models", std::move(models)).list("labels", std::move(labels));
  object.count("different", made.different).list("differences", std::move(differences));
  return object.line() + "\n";
}

}  // namespace batchmill
