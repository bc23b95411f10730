// From sources to train.jsonl and valid.jsonl. Two passes: every row becomes an example and goes to
// a nameless file; then the examples are put in order and written where they belong.
#include <fmt/format.h>

#include <cmath>
#include <filesystem>

#include "batchmill/error.hpp"
#include "batchmill/fine_tuning_data.hpp"
#include "batchmill/grouped_number.hpp"
#include "batchmill/json_text.hpp"
#include "jobs/fine_tuning/example_index.hpp"
#include "jobs/fine_tuning/example_reader.hpp"
#include "jobs/fine_tuning/example_source.hpp"
#include "jobs/fine_tuning/output_files.hpp"
#include "jobs/fine_tuning/reshape.hpp"
#include "jobs/fine_tuning/seen_rows.hpp"
#include "jobs/tokens/model_tokens.hpp"

namespace batchmill::fine_tuning {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_faults_named = 20;

const std::string& folder_made(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    throw usage_error(fmt::format("{}: the folder cannot be made: {}", path, error.message()));
  }
  return path;
}

std::string first_error(const finding_list& findings) {
  for (const finding_group& group : findings.groups()) {
    if (group.is_error) return fmt::format("{} [{}]", group.first.front().sentence, group.code);
  }
  return "it is no example";
}

class preparation {
 public:
  preparation(const prepare_spec& spec, const prepare_edges& edges)
      : spec_(spec),
        edges_(edges),
        folder_(spec.resolve(spec.output)),
        limit_(limit_of(spec, edges)),
        rules_(rules_of(spec)),
        spool_(folder_made(folder_)) {}

  prepare_report run() {
    for (const source_spec& source : spec_.sources) {
      const auto examples = open_source(spec_, source, edges_);
      while (auto made = examples->next()) take(*made);
    }
    index_.shuffle(spec_.seed);
    index_.split(validation_count());
    write();
    check();
    whole_file report(folder_ + "/report.json");
    report.write(report_text());
    report.finish();
    return std::move(report_);
  }

 private:
  static reading_rules rules_of(const prepare_spec& spec) {
    reading_rules rules;
    rules.how = spec.how;
    rules.model = spec.model;
    return rules;
  }

  static std::optional<std::int64_t> limit_of(const prepare_spec& spec,
                                              const prepare_edges& edges) {
    if (spec.most_tokens || spec.too_long == too_long_rule::keep) return spec.most_tokens;
    const auto& models = edges.models ? *edges.models : model_catalogue::known();
    const auto model = models.find(spec.model);
    if (model && model->tuning && model->tuning->example_tokens) {
      return model->tuning->example_tokens;
    }
    throw usage_error(
        fmt::format("{}: how long an example for {} may be is not known; write "
                    "`too_long: {{tokens: 65536, then: drop}}`",
                    spec.file, spec.model));
  }

  void take(made_example& made) {
    ++report_.rows;
    if (!made.fault.empty()) return note_fault(made.place, made.fault);
    if (made.text.empty()) {
      ++report_.unanswered;
      return;
    }
    const mask_rules& mask = spec_.mask;
    if (mask.earlier_answers || mask.refusals || !mask.containing.empty()) {
      if (!json::validate(made.text)) made.text = masked(made.text, mask);
    }
    auto facts = read(made);
    if (facts && spec_.how == method::preference) made.text = with_present_names(made.text);
    if (facts && limit_ && facts->tokens > *limit_) facts = shorten(made, *facts, *limit_);
    if (facts) keep(made, *facts);
  }

  std::optional<example_facts> read(const made_example& made) {
    if (spec_.how == method::reinforcement && index_.size() == 0) {
      rules_.item_keys = item_keys_of(made.text);
    }
    finding_list findings(1);
    findings.begin_line(1, made.text);
    auto facts = reader_.read(made.text, findings);
    if (facts && findings.sound()) return facts;
    note_fault(made.place, first_error(findings));
    return std::nullopt;
  }

  std::optional<example_facts> shorten(made_example& made, const example_facts& facts,
                                       std::int64_t limit) {
    const token_encoding* encoding = tokens::tokens_of_model(spec_.model).encoding;
    if (spec_.too_long == too_long_rule::trim && encoding != nullptr) {
      auto text = trimmed(made.text, facts.tokens - limit, *encoding);
      if (text) {
        made.text = std::move(*text);
        ++report_.trimmed;
        return read(made);
      }
    }
    ++report_.too_long;
    return std::nullopt;
  }

  void keep(const made_example& made, const example_facts& facts) {
    if (spec_.remove_duplicates && seen_.add(facts.words, facts.hash, 1).line != 0) {
      ++report_.duplicates;
      return;
    }
    std::string_view stratum;
    if (!spec_.split_by.empty()) {
      stratum = json::member(made.fields, spec_.split_by).value_or("");
    }
    const std::uint64_t offset = spool_.add(made.text);
    index_.add(offset, static_cast<std::uint32_t>(made.text.size()), facts.asked, stratum);
  }

  void note_fault(const std::string& place, const std::string& sentence) {
    if (++report_.faulty <= most_faults_named) {
      report_.faults.push_back(place + ": " + sentence);
    }
  }

  std::uint64_t validation_count() const {
    if (spec_.validation_count > 0) return spec_.validation_count;
    return static_cast<std::uint64_t>(
        std::llround(spec_.validation_share * static_cast<double>(index_.size())));
  }

  void write() {
    report_.training_file = folder_ + "/train.jsonl";
    const std::string validation_path = folder_ + "/valid.jsonl";
    whole_file training(report_.training_file);
    whole_file validation(validation_path);
    std::string text;
    for (const example_index::entry& e : index_.entries()) {
      spool_.read(e.offset, e.length, text);
      text += '\n';
      const bool is_validation = index_.is_validation(e);
      (is_validation ? validation : training).write(text);
      ++(is_validation ? report_.validation : report_.training);
    }
    training.finish();
    if (report_.validation > 0) {
      validation.finish();
      report_.validation_file = validation_path;
    } else {
      std::error_code ignored;  // one of an earlier spec must not be taken for this one's
      fs::remove(validation_path, ignored);
    }
  }

  void check() {
    check_options options;
    options.how = spec_.how;
    options.model = spec_.model;
    options.validation = report_.validation_file;
    options.models = edges_.models;
    options.today = edges_.today;
    report_.check = check_dataset(report_.training_file, options);
  }

  std::string report_text() const {
    std::string faults;
    for (const std::string& fault : report_.faults) {
      faults += (faults.empty() ? "" : ", ") + json::quote(fault);
    }
    return fmt::format(
        "{{\n\"spec\": {},\n\"seed\": {},\n\"rows\": {},\n\"faulty\": {},\n\"unanswered\": {},\n"
        "\"duplicates\": {},\n\"too_long\": {},\n\"trimmed\": {},\n\"training\": {},\n"
        "\"validation\": {},\n\"faults\": [{}],\n\"check\": {}\n}}\n",
        json::quote(spec_.file), spec_.seed, report_.rows, report_.faulty, report_.unanswered,
        report_.duplicates, report_.too_long, report_.trimmed, report_.training, report_.validation,
        faults, to_json(report_.check));
  }

  const prepare_spec& spec_;
  const prepare_edges& edges_;
  std::string folder_;
  std::optional<std::int64_t> limit_;
  reading_rules rules_;
  example_reader reader_{rules_};
  spool spool_;
  seen_rows seen_;
  example_index index_;
  prepare_report report_;
};

}  // namespace

prepare_report prepare(const prepare_spec& spec, const prepare_edges& edges) {
  return preparation(spec, edges).run();
}

std::string to_text(const prepare_report& report) {
  std::string out;
  for (const std::string& fault : report.faults) out += fault + "\n";
  if (report.faulty > report.faults.size()) {
    out += fmt::format("... and {} more rows that became no example\n",
                       with_separators(report.faulty - report.faults.size()));
  }
  out += fmt::format("{} rows: {} examples to train on ({})", with_separators(report.rows),
                     with_separators(report.training), report.training_file);
  if (!report.validation_file.empty()) {
    out += fmt::format(", {} to validate with ({})", with_separators(report.validation),
                       report.validation_file);
  }
  for (const auto& [count, what] :
       {std::pair(report.faulty, "faulty"), std::pair(report.unanswered, "without an answer"),
        std::pair(report.duplicates, "there already"),
        std::pair(report.too_long, "too long and left out"),
        std::pair(report.trimmed, "too long and cut")}) {
    if (count > 0) out += fmt::format("; {} {}", with_separators(count), what);
  }
  return out + "\n";
}

}  // namespace batchmill::fine_tuning
