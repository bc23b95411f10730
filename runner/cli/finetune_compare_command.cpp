// batchmill finetune compare SPEC.yaml
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>

#include "batchmill/fine_tuning_comparison.hpp"
#include "batchmill/run.hpp"
#include "runner/cli/commands.hpp"
#include "runner/cli/finetune_commands.hpp"
#include "runner/cli/job_options.hpp"
#include "runner/cli/tuning_session.hpp"
#include "runner/fine_tuning/comparison_run.hpp"
#include "runner/fine_tuning/submission_book.hpp"
#include "runner/progress/comparison_text.hpp"
#include "runner/spec/tuning_spec.hpp"

namespace batchmill::cli {
namespace {

constexpr int most_models = 8;

struct compare_arguments {
  api_options api;
  std::string spec;
  std::vector<std::string> models;
  std::string file;
  std::string schema;
  std::size_t shown = 5;
  bool fresh = false;
  bool retry_failed = false;
  job_options job;
};

/// The model that the spec's job made. Throws where there is none.
std::string tuned_model_of(const tuning_spec& spec) {
  const std::string id = look_at_submitted_job(spec.file);
  const std::string advice = fmt::format("name the models: --models {} ft:...", spec.model);
  if (id.empty()) {
    throw usage_error(fmt::format("{}: no job was submitted from it, as far as is known here; {}",
                                  spec.file, advice));
  }
  remote_session session(spec.way);
  const remote_tuning_job job = session.finish(session.tuning().job(id));
  if (!job.tuned_model.empty() && is_final(job.status)) return job.tuned_model;
  if (is_final(job.status)) {
    throw run_error(
        fmt::format("{} ended as {} and made no model; {}", id, job.status_text, advice));
  }
  throw run_error(
      fmt::format("{} is {} and has no model yet; wait with `batchmill finetune watch "
                  "{}`, or {}",
                  id, job.status_text, spec.file, advice));
}

std::vector<std::string> models_of(const compare_arguments& arguments, const tuning_spec& spec) {
  std::vector<std::string> models = arguments.models;
  if (models.empty()) models.push_back(spec.model);
  if (models.size() == 1) models.push_back(tuned_model_of(spec));
  const std::set<std::string> different(models.begin(), models.end());
  if (different.size() == models.size()) return models;
  throw usage_error("--models: a model is named twice; there is nothing to compare");
}

std::string prompts_file(const compare_arguments& arguments, const tuning_spec& spec) {
  if (!arguments.file.empty()) return arguments.file;
  if (!spec.validation_file.empty()) return spec.validation_file;
  throw usage_error(fmt::format(
      "{}: there is no `validation_file` whose prompts could be asked; name one with --file FILE",
      spec.file));
}

std::string read_schema(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (file && !text.empty()) return text;
  throw usage_error(fmt::format("--schema: {} cannot be read: {}", path,
                                file ? "it is empty" : std::strerror(errno)));
}

fine_tuning::comparison_options options_of(const compare_arguments& arguments,
                                           const job_spec& job) {
  fine_tuning::comparison_options options;
  options.shown = arguments.shown;
  if (arguments.schema.empty()) {
    options.schema = demanded_schema(job);
    options.schema_place = "--set parameters.response_format";
  } else {
    options.schema = read_schema(arguments.schema);
    options.schema_place = "--schema " + arguments.schema;
  }
  return options;
}

run_summary ask(const job_spec& job, const compare_arguments& arguments, run_observer& observer) {
  run_options options;
  options.observer = &observer;
  options.limit = arguments.job.limit;
  options.fresh = arguments.fresh;
  options.reuse = !arguments.fresh;
  options.retry_failed = arguments.retry_failed;
  options.handle_signals = true;
  return run(job, options);
}

/// Says where the comparison stands, as the same command goes on.
int broken_off(const run_summary& summary, const std::string& model) {
  if (summary.end == run_end::stopped) {
    throw run_error(
        fmt::format("asking {} stopped: {}; the same command goes on", model, summary.stop_reason));
  }
  fmt::print(stderr,
             "batchmill: nothing was compared, because {} was not asked all prompts; the "
             "same command goes on\n",
             model);
  return static_cast<int>(summary.end);
}

int compare_models(const compare_arguments& arguments) {
  tuning_spec spec = load_tuning_spec(arguments.spec, named_files::may_be_gone);
  apply_server_options(arguments.api, spec.way);
  auto list = fine_tuning::read_prompts(prompts_file(arguments, spec));
  const auto models = models_of(arguments, spec);
  const std::string folder = comparison_folder(spec.file, arguments.file);
  const auto jobs = comparison_jobs(spec, folder, list.endpoint(), models, arguments.job.set);
  const auto options = options_of(arguments, jobs.front());
  write_prompts(list, spec.way.resolve(folder));
  const std::uint64_t limit = arguments.job.limit;
  if (limit != 0 && limit < list.prompts.size()) list.prompts.resize(limit);

  std::vector<run_summary> summaries;
  std::vector<fine_tuning::model_answers> answers;
  for (const job_spec& job : jobs) {
    const auto observer = make_observer(arguments.job);
    summaries.push_back(ask(job, arguments, *observer));
    const run_end end = summaries.back().end;
    if (end != run_end::complete && end != run_end::some_failed) {
      return broken_off(summaries.back(), job.model);
    }
    answers.push_back(answers_of(job));
  }
  fine_tuning::comparison made = fine_tuning::compare(list, answers, options);
  bool all_answered = true;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    tell_latency(jobs[i], summaries[i], made.models[i]);
    all_answered = all_answered && made.models[i].failed == 0;
  }
  fmt::print("{}", arguments.api.json ? comparison_json(made) : comparison_text(made));
  return all_answered ? exit_code::ok : exit_code::rows_faulty;
}

}  // namespace

void add_finetune_compare(CLI::App& group, int& exit) {
  const auto arguments = std::make_shared<compare_arguments>();
  CLI::App* command = group.add_subcommand(
      "compare", "Ask two models the prompts of the validation file, and judge their answers");
  command->add_option("SPEC.yaml", arguments->spec, "The spec that the job was submitted from")
      ->required()
      ->type_name("");
  command
      ->add_option("--models", arguments->models,
                   "The models, the first being what the others are measured by; default: the "
                   "spec's, and the one that its job made")
      ->type_name("BASE [FT]")
      ->expected(1, most_models);
  command
      ->add_option("--file", arguments->file, "Ask these examples, not the spec's validation_file")
      ->type_name("FILE");
  command->add_option("--limit", arguments->job.limit, "Only the first N prompts")
      ->type_name("N")
      ->check([](const std::string& n) { return n == "0" ? "must be 1 or more" : ""; });
  command
      ->add_option("--schema", arguments->schema, "Judge whether answers fit this JSON Schema, too")
      ->type_name("FILE");
  command->add_option("--show", arguments->shown, "Prompts to show that were answered differently")
      ->type_name("N")
      ->capture_default_str();
  add_server_options(*command, arguments->api);
  command
      ->add_option("--set", arguments->job.set,
                   "A key of the runs as in a job, e.g. --set parameters.temperature=0 or --set "
                   "limits.budget=1USD; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  CLI::Option* fresh =
      command->add_flag("--fresh", arguments->fresh, "Ask again what was answered before");
  command->add_flag("--retry-failed", arguments->retry_failed, "Ask again what failed before")
      ->excludes(fresh);
  command->add_flag("-q,--quiet", arguments->job.quiet, "Only the comparison, and errors");
  command->add_flag("--no-progress", arguments->job.no_progress, "No live display");
  command->footer(
      "Each model is asked by an ordinary run whose results stay in SPEC.yaml.compare: the same\n"
      "command goes on after whatever end, and asks and pays nothing twice.\n"
      "Exit codes: 0 all prompts were answered; 1 some failed; 2 wrong usage, spec or file; 3 "
      "stopped;\n"
      "130 interrupted.");
  command->callback([arguments, &exit] { exit = compare_models(*arguments); });
}

}  // namespace batchmill::cli
