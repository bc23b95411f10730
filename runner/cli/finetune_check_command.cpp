// batchmill finetune check FILE...
#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "batchmill/fine_tuning.hpp"
#include "runner/cli/commands.hpp"
#include "runner/cli/finetune_commands.hpp"
#include "runner/model_advice.hpp"
#include "runner/progress/environment.hpp"

namespace batchmill::cli {
namespace {

struct check_arguments {
  std::vector<std::string> files;
  std::string validation;
  std::string method;
  std::string model;
  std::string job;
  std::uint64_t epochs = 0;
  std::size_t shown = 5;
  bool json = false;
  bool strict = false;
};

fine_tuning::check_options options_of(const check_arguments& arguments) {
  fine_tuning::check_options options;
  options.model = arguments.model;
  if (!arguments.method.empty()) options.how = fine_tuning::method_named(arguments.method);
  if (arguments.epochs > 0) options.epochs = arguments.epochs;
  options.validation = arguments.validation;
  options.today = today();
  options.shown = arguments.shown;
  options.threads = std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
  return options;
}

bool speaks_unicode() {
  const std::string locale = environment::of_process().locale;
  return locale.find("UTF-8") != std::string::npos || locale.find("utf8") != std::string::npos;
}

int execute(const check_arguments& arguments) {
  fine_tuning::check_options options = options_of(arguments);
  model_catalogue models;
  if (!arguments.job.empty()) {
    models = model_catalogue::of(load_job_spec(arguments.job));
    options.models = &models;
  }
  bool good = true;
  for (const std::string& file : arguments.files) {
    const fine_tuning::dataset_report report = fine_tuning::check_dataset(file, options);
    good = good && report.good() && (!arguments.strict || report.warnings() == 0);
    fmt::print("{}", arguments.json ? fine_tuning::to_json(report) + "\n"
                                    : fine_tuning::to_text(report, speaks_unicode()));
  }
  return good ? exit_code::ok : exit_code::rows_faulty;
}

}  // namespace

void add_finetune_check(CLI::App& group, int& exit) {
  const auto arguments = std::make_shared<check_arguments>();
  CLI::App* command = group.add_subcommand(
      "check", "Find what is wrong with files of examples, and tell what training will cost");
  command->add_option("FILE", arguments->files, "Files of examples, each looked at by itself")
      ->required()
      ->type_name("");
  command
      ->add_option("--validation", arguments->validation,
                   "The validation file: checked too, and searched for rows of the training file")
      ->type_name("FILE");
  command->add_option("--model", arguments->model, "The model to be trained: limits and prices")
      ->type_name("NAME");
  command
      ->add_option("--method", arguments->method,
                   "What the examples are for; found out from the first lines unless given")
      ->type_name("NAME")
      ->check(CLI::IsMember({"supervised", "dpo", "reinforcement", "completion"}));
  command->add_option("--epochs", arguments->epochs, "Passes over the examples, instead of auto")
      ->type_name("N")
      ->check(CLI::Range(1, 50));
  command->add_option("--show", arguments->shown, "Places to name of each kind of finding")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--job", arguments->job, "A job whose `models` file knows the model")
      ->type_name("JOB.yaml");
  command->add_flag("--strict", arguments->strict, "Warnings count as errors");
  command->add_flag("--json", arguments->json, "JSON instead of text, an object for each file");
  command->footer(
      "Exit codes: 0 the service will take the files; 1 it would refuse one; 2 wrong usage, or a\n"
      "file cannot be read.");
  command->callback([arguments, &exit] { exit = execute(*arguments); });
}

}  // namespace batchmill::cli
