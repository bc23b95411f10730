// The check as a whole: the files, the model, what holds for all lines together.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "batchmill/fine_tuning.hpp"
#include "batchmill/grouped_number.hpp"
#include "batchmill/json_text.hpp"
#include "jobs/fine_tuning/block_reader.hpp"
#include "jobs/fine_tuning/estimate.hpp"
#include "jobs/fine_tuning/file_check.hpp"
#include "jobs/tokens/encoding_names.hpp"

namespace batchmill::fine_tuning {

namespace {

constexpr auto method_names =
    std::to_array<std::string_view>({"supervised", "dpo", "reinforcement", "completion"});

constexpr std::uint64_t fewest_examples = 10;
constexpr std::uint64_t good_start = 50;
constexpr std::uint64_t good_start_of_completions = 100;
constexpr std::uint64_t most_bytes = 8'000'000'000;
constexpr std::uint64_t most_bytes_at_once = 512'000'000;
constexpr std::int64_t most_tokens = 50'000'000;

std::string number(std::uint64_t n) {
  return with_separators(n);
}

/// The keys of the first line, for the message about an unknown format.
std::string keys_of_first_line(const std::string& path) {
  block_reader file(path);
  std::string block;
  if (!file.next(block)) return {};
  std::string_view rest(block);
  const std::string_view line = take_line(rest);
  if (json::validate(line)) return {};
  std::string keys;
  json::for_each_member(line, [&](std::string_view key, std::string_view) {
    keys += (keys.empty() ? "" : ", ") + json::unquote(key).value_or("");
    return keys.size() < 60;
  });
  return keys;
}

/// One check of one or two files.
class dataset_check {
 public:
  dataset_check(const std::string& path, const check_options& options)
      : path_(path),
        options_(options),
        models_(options.models ? *options.models : model_catalogue::known()) {}

  dataset_report run() {
    find_model();
    seen_rows training_rows;
    report_.training = check_file(path_, training_rows, nullptr);
    if (!options_.validation.empty()) {
      seen_rows rows;
      report_.validation = check_file(options_.validation, rows, &training_rows);
    }
    report_.estimate = estimate(report_.training, model_, options_.epochs);
    return std::move(report_);
  }

 private:
  void find_model() {
    report_.model = options_.model;
    model_ = options_.model.empty() ? std::nullopt : models_.find(options_.model);
    const std::string_view encoding = token_encoding_name(options_.model);
    report_.encoding_is_guess = encoding.empty();
    report_.encoding = encoding.empty() ? "o200k_base" : encoding;
    if (model_ && model_->tuning) report_.example_limit = model_->tuning->example_tokens;
    for (std::string& notice : closing_notices(options_.today)) {
      report_.notices.push_back(std::move(notice));
    }
    if (!options_.model.empty() && !model_) {
      report_.notices.push_back(fmt::format(
          "the model {} is not known; its limits and prices are not looked at", options_.model));
    }
    if (!model_ || model_->shutdown.empty() || options_.today.empty()) return;
    const bool over = model_->shutdown <= options_.today;
    report_.notices.push_back(fmt::format("the model {} {} on {}", options_.model,
                                          over ? "was shut down" : "will be shut down",
                                          model_->shutdown));
  }

  file_report check_file(const std::string& path, seen_rows& rows, const seen_rows* others) {
    file_task task;
    task.path = path;
    task.rules = rules_by_first_lines(path, others ? method_of_training() : options_.how);
    task.rules.model = options_.model;
    task.rules.token_limit = report_.example_limit;
    task.rules.images_offered = !model_ || !model_->tuning || model_->tuning->images;
    task.threads = std::max(1U, options_.threads);
    task.shown = options_.shown;
    task.others = others;
    task.others_name = path_;
    finding_list findings(options_.shown);
    file_report report = check_lines(task, rows, findings);
    check_whole(report, others == nullptr, findings);
    report.findings = findings.groups();
    for (const finding_group& group : report.findings) {
      (group.is_error ? report.errors : report.warnings) += group.count;
    }
    return report;
  }

  std::optional<method> method_of_training() const {
    return options_.how ? options_.how : report_.training.how;
  }

  void check_whole(const file_report& report, bool is_training, finding_list& to) const {
    if (report.examples == 0) {
      return to.add_at(flaw::no_examples, 0, "the file holds no examples");
    }
    if (!report.how && to.count(flaw::invalid_json) + to.count(flaw::data_type) == 0) {
      const std::string keys = keys_of_first_line(report.file);
      to.add_at(flaw::unknown_format, 1,
                fmt::format("the lines are examples of no format of fine-tuning; the first has {}",
                            keys.empty() ? "no keys" : "the keys " + keys));
    }
    if (!report.how) return;
    check_size(report, is_training, to);
    if (is_training) check_model(*report.how, to);
  }

  void check_size(const file_report& report, bool is_training, finding_list& to) const {
    const std::uint64_t start =
        report.how == method::completion ? good_start_of_completions : good_start;
    if (is_training && report.examples < fewest_examples) {
      to.add_at(flaw::too_few_examples, 0,
                fmt::format("the file holds {} examples, 10 is the least", report.examples));
    } else if (is_training && report.examples < start) {
      to.add_at(flaw::few_examples, 0,
                fmt::format("the file holds only {} examples", report.examples));
    }
    if (report.bytes > most_bytes) {
      to.add_at(flaw::file_too_large, 0,
                fmt::format("the file has {} bytes, 8 GB is the limit", number(report.bytes)));
    } else if (report.bytes > most_bytes_at_once) {
      to.add_at(flaw::needs_uploads, 0,
                fmt::format("the file has {} bytes, more than the 512 MB of one request",
                            number(report.bytes)));
    }
    if (!report.file.ends_with(".jsonl")) {
      to.add_at(flaw::not_jsonl_name, 0, "the service takes files only whose names end in .jsonl");
    }
    if (report.tokens_per_epoch > most_tokens) {
      to.add_at(flaw::too_many_tokens, 0,
                fmt::format("the file has {} tokens; 50,000,000 is said to be the limit",
                            number(static_cast<std::uint64_t>(report.tokens_per_epoch))));
    }
  }

  void check_model(method how, finding_list& to) const {
    if (!model_) return;
    if (!model_->tuning) {
      return to.add_at(flaw::model_not_tunable, 0,
                       fmt::format("the model {} cannot be fine-tuned", options_.model));
    }
    const auto& offered = model_->tuning->methods;
    if (std::ranges::find(offered, name_of(how)) != offered.end()) return;
    to.add_at(flaw::method_not_offered, 0,
              fmt::format("the model {} offers {}, and these examples are for {}", options_.model,
                          fmt::join(offered, " and "), name_of(how)));
  }

  const std::string& path_;
  const check_options& options_;
  const model_catalogue& models_;
  std::optional<model_info> model_;
  dataset_report report_;
};

}  // namespace

std::string_view name_of(method how) {
  return method_names[static_cast<std::size_t>(how)];
}

std::optional<method> method_named(std::string_view name) {
  if (name == "preference") return method::preference;
  const auto found = std::ranges::find(method_names, name);
  if (found == method_names.end()) return std::nullopt;
  return static_cast<method>(found - method_names.begin());
}

dataset_report check_dataset(const std::string& path, const check_options& options) {
  return dataset_check(path, options).run();
}

// https://platform.openai.com/docs/deprecations
std::vector<std::string> closing_notices(std::string_view today) {
  constexpr std::string_view for_new = "2026-05-07";
  constexpr std::string_view for_idle = "2026-07-02";
  constexpr std::string_view for_all = "2027-01-06";
  if (today.empty()) return {};
  if (today >= for_all) {
    return {
        fmt::format("OpenAI takes no fine-tuning jobs since {}; Azure and compatible servers "
                    "may",
                    for_all)};
  }
  if (today >= for_idle) {
    return {
        fmt::format("OpenAI takes fine-tuning jobs only from organizations that have used "
                    "fine-tuned models lately, and only until {}",
                    for_all)};
  }
  if (today >= for_new) {
    return {
        fmt::format("OpenAI takes fine-tuning jobs only from organizations that have had one "
                    "before, and only until {}",
                    for_all)};
  }
  return {};
}

}  // namespace batchmill::fine_tuning
