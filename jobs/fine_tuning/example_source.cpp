#include "jobs/fine_tuning/example_source.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "batchmill/error.hpp"
#include "batchmill/job.hpp"
#include "batchmill/json_text.hpp"
#include "jobs/did_you_mean.hpp"
#include "jobs/escaped_text.hpp"
#include "jobs/fine_tuning/block_reader.hpp"
#include "jobs/fine_tuning/run_answer.hpp"
#include "jobs/fine_tuning/table_reader.hpp"
#include "jobs/row_file.hpp"
#include "jobs/row_format.hpp"
#include "jobs/template.hpp"

namespace batchmill::fine_tuning {

namespace {

using row_pull = prepare_edges::row_pull;

/// A job that is no more than an input and a template.
job_spec as_job(const prepare_spec& spec, const source_spec& source) {
  job_spec job;
  job.file = spec.file;
  job.input.paths = {source.path};
  job.input.format = row_format::rows;
  job.body_template = source.body_template;
  job.marks["input"] = source.mark;
  job.marks["input.path"] = source.mark;
  job.marks["template"] = source.mark;
  return job;
}

made_example faulty(const row& r, std::string sentence) {
  made_example made;
  made.place = jobs::place(r);
  made.fault = std::move(sentence);
  return made;
}

/// The row as a minified object, or why it is none.
std::optional<std::string> object_of(const row& r, made_example& made) {
  std::string text;
  if (const auto fault = json::minify(r.text, text)) {
    made = faulty(r, fmt::format("not JSON: {} at byte {}", fault->what, fault->offset + 1));
    return std::nullopt;
  }
  if (json::kind_of(text) == json::kind::object) return text;
  made = faulty(r, "the row is no object");
  return std::nullopt;
}

class template_filler {
 public:
  explicit template_filler(const job_spec& job) : job_(job), template_(job, fields_) {}

  made_example fill(const row& r, std::string fields, std::string_view shown_fields) const {
    made_example made;
    made.place = jobs::place(r);
    const auto values = fields_.find(fields);
    const std::string root = template_.takes_files() ? jobs::files_root(job_, r) : "";
    if (auto problem = template_.render(fields, values, root, made.text)) {
      return faulty(r, std::move(problem->sentence));
    }
    made.fields = shown_fields.empty() ? std::move(fields) : std::string(shown_fields);
    return made;
  }

 private:
  job_spec job_;
  jobs::field_set fields_;
  jobs::body_template template_;
};

class row_examples final : public example_source {
 public:
  row_examples(const job_spec& job, row_pull pull) : filler_(job), pull_(std::move(pull)) {}

  std::optional<made_example> next() override {
    const auto r = pull_();
    if (!r) return std::nullopt;
    made_example made;
    auto fields = object_of(*r, made);
    if (!fields) return made;
    return filler_.fill(*r, std::move(*fields), "");
  }

 private:
  template_filler filler_;
  row_pull pull_;
};

class plain_examples final : public example_source {
 public:
  plain_examples(row_pull pull, bool are_completions, const std::string& system)
      : pull_(std::move(pull)), are_completions_(are_completions) {
    if (system.empty()) return;
    system_ = R"({"role":"system","content":)" + json::quote(system) + "},";
  }

  std::optional<made_example> next() override {
    const auto r = pull_();
    if (!r) return std::nullopt;
    made_example made;
    const auto fields = object_of(*r, made);
    if (!fields) return made;
    made.place = jobs::place(*r);
    made.fields = *fields;
    made.text = are_completions_ ? conversation(*r, *fields, made) : r->text;
    return made;
  }

 private:
  std::string conversation(const row& r, std::string_view fields, made_example& made) const {
    const std::string_view prompt = json::member(fields, "prompt").value_or("");
    const std::string_view completion = json::member(fields, "completion").value_or("");
    for (const auto& [name, value] :
         {std::pair("prompt", prompt), std::pair("completion", completion)}) {
      if (json::kind_of(value) == json::kind::string) continue;
      made = faulty(r, fmt::format("there is no text `{}`", name) +
                           jobs::did_you_mean(name, jobs::names_of(fields)));
      return {};
    }
    return fmt::format(
        R"({{"messages":[{}{{"role":"user","content":{}}},{{"role":"assistant","content":"{}"}}]}})",
        system_, prompt, jobs::trimmed(completion.substr(1, completion.size() - 2)));
  }

  row_pull pull_;
  bool are_completions_;
  std::string system_;
};

/// The rows of a job beside the lines of its output, which are in the same order.
class run_examples final : public example_source {
 public:
  run_examples(const job_spec& job, const std::string& answers, const prepare_spec& spec,
               const source_spec& source, row_pull pull)
      : path_(answers), where_(spec.where(source)), pull_(std::move(pull)), output_(answers) {
    peeked_ = pull_();
    const auto format = job.input.format.value_or(detect_format(peeked_ ? peeked_->text : "", job));
    job_ = make_job(job, format);
    if (source.body_template.text.empty()) return;
    job_spec own = as_job(spec, source);
    filler_.emplace(own);
  }

  std::optional<made_example> next() override {
    auto r = peeked_ ? std::exchange(peeked_, std::nullopt) : pull_();
    if (!r) return std::nullopt;
    const std::string_view line = output_line();
    const auto prepared = job_->prepare_roughly(*r);
    made_example made;
    made.place = jobs::place(*r);
    const auto answer = answer_of(line);
    if (!prepared || !answer) return made;  // the row has no answer
    if (json::member(line, "custom_id") != prepared->custom_id) {
      throw usage_error(fmt::format(
          "{}: line {} of {} is not the answer to {}; name the output of this job as it is now",
          where_, line_number_, path_, made.place));
    }
    return filler_ ? fill(*filler_, *r, *answer)
                   : conversation(*r, *answer, prepared->request.body);
  }

 private:
  std::string_view output_line() {
    while (rest_.empty()) {
      if (!output_.next(block_)) {
        throw usage_error(fmt::format(
            "{}: {} has fewer lines than the job has rows; finish the run first", where_, path_));
      }
      rest_ = block_;
    }
    ++line_number_;
    return take_line(rest_);
  }

  static made_example fill(const template_filler& filler, const row& r, const run_answer& answer) {
    made_example made;
    auto fields = object_of(r, made);
    if (!fields) return made;
    std::string with_answer = *fields;
    with_answer.insert(1, "\"answer\":" + (answer.text.empty() ? "null" : answer.text) +
                              (*fields == "{}" ? "" : ","));
    return filler.fill(r, std::move(with_answer), *fields);
  }

  made_example conversation(const row& r, const run_answer& answer, std::string_view body) const {
    made_example made;
    const auto asked = conversation_of(body);
    if (!asked) {
      return faulty(r, "the request is no conversation; give the source a `template`");
    }
    made.fields = object_of(r, made).value_or("");
    made.place = jobs::place(r);
    made.fault.clear();
    made.text =
        R"({"messages":[)" + asked->messages + "," + message_of(answer) + "]" + asked->rest + "}";
    return made;
  }

  std::string path_;
  std::string where_;
  row_pull pull_;
  block_reader output_;
  std::string block_;
  std::string_view rest_;
  std::uint64_t line_number_ = 0;
  std::optional<row> peeked_;
  std::unique_ptr<row_job> job_;
  std::optional<template_filler> filler_;
};

std::unique_ptr<example_source> open_run(const prepare_spec& spec, const source_spec& source,
                                         const prepare_edges& edges) {
  const job_spec job = edges.load_job(spec.resolve(source.path));
  if (job.output.format == output_format::vectors || job.output.format == output_format::npy) {
    throw usage_error(spec.where(source) + ": the job makes vectors, which teach no answers");
  }
  const std::string answers =
      source.answers.empty() ? job.resolve(job.output.path) : spec.resolve(source.answers);
  if (!std::filesystem::exists(answers)) {
    throw usage_error(
        fmt::format("{}: there are no answers at {}; run the job first: `batchmill run {}`",
                    spec.where(source), answers, spec.resolve(source.path)));
  }
  return std::make_unique<run_examples>(job, answers, spec, source, edges.open(job));
}

}  // namespace

std::unique_ptr<example_source> open_source(const prepare_spec& spec, const source_spec& source,
                                            const prepare_edges& edges) {
  if (source.kind == source_kind::run) return open_run(spec, source, edges);
  const job_spec job = as_job(spec, source);
  if (source.kind == source_kind::table) {
    const char separator = source.path.ends_with(".tsv") ? '\t' : ',';
    const auto table = std::make_shared<table_reader>(spec.resolve(source.path), separator);
    return std::make_unique<row_examples>(job, [table] { return table->next(); });
  }
  row_pull pull = edges.open(job);
  if (source.kind == source_kind::rows) {
    return std::make_unique<row_examples>(job, std::move(pull));
  }
  return std::make_unique<plain_examples>(std::move(pull), source.kind == source_kind::completions,
                                          source.system);
}

}  // namespace batchmill::fine_tuning
