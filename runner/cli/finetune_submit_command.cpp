// batchmill finetune submit SPEC.yaml
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <random>

#include "batchmill/fine_tuning.hpp"
#include "batchmill/grouped_number.hpp"
#include "runner/cli/commands.hpp"
#include "runner/cli/finetune_commands.hpp"
#include "runner/cli/tuning_session.hpp"
#include "runner/engine/ledger/run_lock.hpp"
#include "runner/fine_tuning/fingerprint.hpp"
#include "runner/fine_tuning/submission.hpp"
#include "runner/flow/dollars.hpp"
#include "runner/model_advice.hpp"
#include "runner/progress/notices.hpp"
#include "runner/spec/tuning_spec.hpp"

namespace batchmill::cli {
namespace {

namespace fs = std::filesystem;

struct submit_arguments {
  api_options api;
  std::string spec;
  bool yes = false;
  bool again = false;
  bool watch = false;
  std::string doubt = "2m";
  watch_options following;
};

void say_while_submitting(severity level, std::string_view sentence) {
  fmt::print(stderr, "{}", notice_line(level, sentence, false));
}

/// What a submission was made of, to be known again.
struct submission_print {
  explicit submission_print(const tuning_spec& spec)
      : terms(fingerprint_of_terms(spec)),
        training(fingerprint_of_file(spec.training_file)),
        validation(fingerprint_of_file(spec.validation_file)) {}

  void write_to(submission_book& book) const {
    book.set_fact("terms", terms);
    book.set_fact("training", training);
    book.set_fact("validation", validation);
  }

  /// What is not as it was; empty: all is.
  std::string change_since(const submission_book& book) const {
    if (book.fact("terms") != terms) return "the spec has changed";
    if (book.fact("training") != training) return "the training file has changed";
    if (book.fact("validation") != validation) return "the validation file has changed";
    return {};
  }

  std::string terms, training, validation;
};

void require_unchanged(const tuning_spec& spec, const submission_print& print,
                       const submission_book& book) {
  const std::string change = print.change_since(book);
  if (change.empty()) return;
  const std::string job = book.load("job").id;
  throw usage_error(fmt::format(
      "{}: {} since it was submitted{}; --again submits it anew, as another job", spec.file, change,
      job.empty() ? ", and its job may exist" : fmt::format(" as {}, which goes on", job)));
}

/// The folder of the submission before stays, under another name.
void move_submission_aside(const std::string& spec) {
  const std::string folder = submission_folder(spec);
  if (!fs::exists(folder)) return;
  unsigned n = 1;
  while (fs::exists(fmt::format("{}.{}", folder, n))) ++n;
  fs::rename(folder, fmt::format("{}.{}", folder, n));
}

bool is_openai(const job_spec& way) {
  return way.api.flavor == api_flavor::openai &&
         way.api.base_url.find("api.openai.com") != std::string::npos;
}

fine_tuning::check_options check_options_of(const tuning_spec& spec,
                                            const model_catalogue& models) {
  fine_tuning::check_options options;
  options.model = spec.model;
  const auto model = models.find(spec.model);
  const bool completes =
      model && model->tuning && std::ranges::count(model->tuning->methods, "completion") > 0;
  if (!completes) options.how = fine_tuning::method_named(spec.method);
  options.epochs = spec.epochs;
  options.validation = spec.validation_file;
  options.today = today();
  options.models = &models;
  return options;
}

/// What the catalogue says against the job, before anything is sent to OpenAI itself.
void require_open_model(const tuning_spec& spec, const model_catalogue& models) {
  const auto model = models.find(spec.model);
  if (!model || !is_openai(spec.way)) return;
  const std::string place = spec.way.where("model");
  if (!model->shutdown.empty() && model->shutdown <= today()) {
    throw usage_error(
        fmt::format("{}: the model {} was shut down on {}, so no fine-tuning job for "
                    "it is accepted; choose another",
                    place, spec.model, model->shutdown));
  }
  if (!model->tuning) {
    throw usage_error(
        fmt::format("{}: the model {} cannot be fine-tuned; `batchmill models` shows "
                    "which can",
                    place, spec.model));
  }
}

bool asks_and_hears_yes(const fine_tuning::dataset_report& report, const tuning_spec& spec) {
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDERR_FILENO) == 0) {
    throw usage_error(
        fmt::format("{}: nobody can be asked whether to go on, because this is no "
                    "terminal; add --yes",
                    spec.file));
  }
  const auto& price = report.estimate.price;
  fmt::print(stderr, "Train {} on {} examples for {}? [y/N] ", spec.model,
             with_separators(report.training.examples),
             price ? "about " + show_dollars(*price) : "an unknown price");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

/// Is the data in order, and does the user want it? Says why not.
std::optional<int> look_before(const submit_arguments& arguments, const tuning_spec& spec) {
  const model_catalogue models = model_catalogue::of(spec.way);
  require_open_model(spec, models);
  const auto report =
      fine_tuning::check_dataset(spec.training_file, check_options_of(spec, models));
  fmt::print(stderr, "{}", fine_tuning::to_text(report, false));
  if (!report.good()) {
    fmt::print(stderr, "batchmill: nothing was submitted: the service would refuse the data\n");
    return exit_code::rows_faulty;
  }
  if (arguments.yes || asks_and_hears_yes(report, spec)) return std::nullopt;
  fmt::print(stderr, "batchmill: nothing was submitted\n");
  return exit_code::stopped;
}

std::string new_submission_id() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

/// What was refused as a whole is said with what the user may do about it.
[[noreturn]] void fail_submission(const remote_failure& why, const tuning_spec& spec) {
  std::string advice;
  for (const std::string& notice : fine_tuning::closing_notices(today())) {
    if (is_openai(spec.way) && why.kind == failure_kind::denied) advice += "; " + notice;
  }
  if (why.code == "fine_tuning_not_available") advice += "; the service takes no new jobs";
  throw run_error(fmt::format("{}{}; the same command tries it again", sentence_of(why), advice));
}

/// The same data and terms as before, or those of a submission that begins now.
void begin_or_go_on(const tuning_spec& spec, submission_book& book) {
  const submission_print print(spec);
  if (!book.fact("id").empty()) return require_unchanged(spec, print, book);
  print.write_to(book);
  book.set_fact("id", new_submission_id());
}

void tell_submitted(const remote_tuning_job& job, const tuning_spec& spec, bool json) {
  if (json) {
    fmt::print("{}\n", json_of(job).line());
    return;
  }
  fmt::print("{}\n", job.id);
  fmt::print(stderr, "It is {}; follow it with `batchmill finetune watch {}`.\n", job.status_text,
             spec.file);
}

int submit(const submit_arguments& arguments) {
  tuning_spec spec = load_tuning_spec(arguments.spec);
  apply_server_options(arguments.api, spec.way);
  submission_terms terms;
  terms.doubt = time_of_option("--doubt", arguments.doubt);
  terms.tell = say_while_submitting;
  if (arguments.again || !is_submission_begun(spec.file)) {
    if (const auto code = look_before(arguments, spec)) return *code;
  }
  remote_session session(spec.way);  // a key that is missing leaves nothing behind
  if (arguments.again) move_submission_aside(spec.file);
  fs::create_directories(submission_folder(spec.file));
  const run_lock lock(submission_folder(spec.file) + "/lock", spec.file);
  submission_book book(submission_book_path(spec.file));
  begin_or_go_on(spec, book);
  terms.id = book.fact("id");
  submission steps(spec, terms, session.client(), session.tuning(), session.time(), book);
  const auto job = session.attempt(steps.run());
  if (!job) fail_submission(job.error(), spec);
  if (!arguments.watch) {
    tell_submitted(*job, spec, arguments.api.json);
    return exit_code::ok;
  }
  named_job named;
  named.name = spec.file;
  named.id = job->id;
  named.way = spec.way;
  return watch_to_the_end(session, named, arguments.following, arguments.api.json);
}

}  // namespace

void add_finetune_submit(CLI::App& group, int& exit) {
  const auto arguments = std::make_shared<submit_arguments>();
  CLI::App* command = group.add_subcommand(
      "submit", "Check the data, tell the price, upload the files and create the job, once");
  command->add_option("SPEC.yaml", arguments->spec, "The spec of the job")
      ->required()
      ->type_name("");
  add_server_options(*command, arguments->api);
  command->add_flag("-y,--yes", arguments->yes, "Do not ask whether the price is right");
  command->add_flag("--again", arguments->again,
                    "Submit anew what was submitted before, as another job");
  command
      ->add_option(
          "--doubt", arguments->doubt,
          "How long a job is looked for whose creation had no answer, before it is created "
          "again")
      ->type_name("TIME")
      ->capture_default_str();
  command->add_flag("--watch", arguments->watch, "Then follow the job");
  add_watch_options(*command, arguments->following);
  command->footer(
      "Exit codes: 0 the job exists (with --watch: as of `finetune watch`); 1 the data is faulty;\n"
      "2 wrong usage or spec; 3 stopped.\n"
      "What was begun is written down in SPEC.yaml.submission: after whatever end, the same "
      "command\n"
      "goes on, and never creates a second job.");
  command->callback([arguments, &exit] { exit = submit(*arguments); });
}

}  // namespace batchmill::cli
