// The answers of models to the same prompts, beside one another.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "batchmill/error.hpp"
#include "batchmill/fine_tuning_comparison.hpp"
#include "batchmill/json_text.hpp"
#include "jobs/fine_tuning/block_reader.hpp"
#include "jobs/fine_tuning/reference_labels.hpp"
#include "jobs/fine_tuning/run_answer.hpp"
#include "jobs/fine_tuning/same_answer.hpp"
#include "jobs/schema_check.hpp"
#include "jobs/usage.hpp"

namespace batchmill::fine_tuning {

namespace {

std::string_view member(std::string_view object, std::string_view key) {
  return json::member(object, key).value_or("");
}

/// What a model said to a prompt.
struct given_answer {
  bool failed = false;
  std::string text;
  std::string calls;
  token_usage tokens;

  std::string shown() const { return calls.empty() ? text : calls; }
};

bool is_failed(std::string_view line) {
  const std::string_view error = member(line, "error");
  if (!error.empty() && error != "null") return true;
  return json::integer(member(member(line, "response"), "status_code")) != 200;
}

given_answer read_answer(std::string_view line) {
  given_answer given;
  given.failed = is_failed(line);
  if (given.failed) return given;
  if (const auto answer = answer_of(line)) {
    given.text = json::unquote(answer->text).value_or("");
    given.calls = answer->calls;
  }
  given.tokens = jobs::read_usage(member(member(member(line, "response"), "body"), "usage"));
  return given;
}

/// The lines of a results file, one after the other.
class results_reader {
 public:
  explicit results_reader(const std::string& path) : path_(path), file_(path) {}

  given_answer next(const comparison_prompt& prompt) {
    while (rest_.empty()) {
      if (!file_.next(block_)) refuse("it has too few lines");
      rest_ = block_;
    }
    const std::string_view line = take_line(rest_);
    if (json::unquote(member(line, "custom_id")) != fmt::format("line-{}", prompt.line)) {
      refuse(fmt::format("an answer to line-{} is expected where it has another", prompt.line));
    }
    return read_answer(line);
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw usage_error(fmt::format("{}: these are not the answers to the prompts: {}", path_, why));
  }

  std::string path_;
  block_reader file_;
  std::string block_;
  std::string_view rest_;
};

bool all_references_are_json(const std::vector<comparison_prompt>& prompts) {
  bool any = false;
  for (const comparison_prompt& prompt : prompts) {
    if (!prompt.has_reference) continue;
    if (!prompt.calls.empty() || !is_json_container(prompt.reference)) return false;
    any = true;
  }
  return any;
}

class scoring {
 public:
  scoring(const prompt_list& list, const std::vector<model_answers>& models,
          const comparison_options& options)
      : list_(list), models_(models), options_(options), labels_(list.prompts, models.size()) {
    result_.file = list.file;
    result_.prompts = list.prompts.size();
    if (!options.schema.empty()) {
      schema_.emplace(options.schema, options.schema_place);
      result_.judged = validity::schema;
    } else if (all_references_are_json(list.prompts)) {
      result_.judged = validity::json;
    }
    for (const model_answers& model : models) {
      readers_.push_back(std::make_unique<results_reader>(model.results));
      model_score& score = result_.models.emplace_back();
      score.model = model.model;
      if (model.info) score.cost = money();
    }
  }

  comparison run() {
    for (const comparison_prompt& prompt : list_.prompts) take(prompt);
    result_.labels = std::move(labels_).take();
    for (answer_difference& other : others_) {
      if (result_.differences.size() == options_.shown) break;
      result_.differences.push_back(std::move(other));
    }
    return std::move(result_);
  }

 private:
  void take(const comparison_prompt& prompt) {
    if (prompt.has_reference) ++result_.references;
    std::vector<given_answer> answers;
    std::vector<bool> right;
    for (std::size_t i = 0; i < models_.size(); ++i) {
      answers.push_back(readers_[i]->next(prompt));
      right.push_back(judge(prompt, answers.back(), i));
      model_score& score = result_.models[i];
      score.gained += right[i] && !right[0];
      score.lost += !right[i] && right[0];
    }
    note_difference(prompt, answers, std::move(right));
  }

  /// Counts an answer; is it right?
  bool judge(const comparison_prompt& prompt, const given_answer& answer, std::size_t model) {
    model_score& score = result_.models[model];
    if (answer.failed) {
      ++score.failed;
      return false;
    }
    add_cost(answer.tokens, model);
    if (is_valid(answer.text)) ++score.valid;
    if (!prompt.has_reference) return false;
    const bool exact = prompt.calls.empty() ? same_text(prompt.reference, answer.text)
                                            : same_calls(prompt.calls, answer.calls);
    score.exact += exact;
    if (!labels_.any()) return exact;
    const auto said = labels_.find(answer.text), wanted = labels_.find(prompt.reference);
    if (wanted) labels_.note(*wanted, said, model);
    score.no_label += !said;
    score.right_label += said == wanted;
    return said == wanted;
  }

  bool is_valid(const std::string& text) const {
    if (schema_) return schema_->fault(without_blanks(text)).empty();
    return result_.judged == validity::json && is_json_container(text);
  }

  void add_cost(const token_usage& tokens, std::size_t model) {
    model_score& score = result_.models[model];
    score.tokens += tokens;
    const auto& info = models_[model].info;
    if (!score.cost || !info) return;
    const auto cost = cost_of(*info, tokens, models_[model].how);
    if (cost) {
      *score.cost += *cost;
    } else {
      score.cost.reset();
    }
  }

  void note_difference(const comparison_prompt& prompt, const std::vector<given_answer>& answers,
                       std::vector<bool> right) {
    const bool same = std::ranges::all_of(answers, [&](const given_answer& answer) {
      return answer.failed == answers[0].failed && same_text(answer.text, answers[0].text) &&
             same_calls(answer.calls, answers[0].calls);
    });
    if (same) return;
    ++result_.different;
    const bool judged = std::ranges::count(right, right[0]) != std::ssize(right);
    auto& kept = judged ? result_.differences : others_;
    if (kept.size() == options_.shown) return;
    answer_difference& difference = kept.emplace_back();
    difference.line = prompt.line;
    difference.shown = prompt.shown;
    difference.reference = prompt.calls.empty() ? prompt.reference : prompt.calls;
    for (const given_answer& answer : answers) {
      difference.answers.push_back(answer.failed ? "" : answer.shown());
    }
    difference.right = std::move(right);
  }

  const prompt_list& list_;
  const std::vector<model_answers>& models_;
  const comparison_options& options_;
  reference_labels labels_;
  std::optional<jobs::schema_check> schema_;
  std::vector<std::unique_ptr<results_reader>> readers_;
  std::vector<answer_difference> others_;  // judged alike
  comparison result_;
};

}  // namespace

comparison compare(const prompt_list& list, const std::vector<model_answers>& models,
                   const comparison_options& options) {
  return scoring(list, models, options).run();
}

}  // namespace batchmill::fine_tuning
