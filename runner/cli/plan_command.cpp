// batchmill plan JOB.yaml
#include <fmt/format.h>

#include "batchmill/plan.hpp"
#include "runner/cli/commands.hpp"
#include "runner/cli/job_options.hpp"
#include "runner/cli/plan_text.hpp"
#include "runner/progress/text.hpp"

namespace batchmill::cli {
namespace {

struct plan_arguments {
  std::string job;
  std::vector<std::string> set;
  std::uint64_t limit = 0;
  std::uint64_t sample = 0;
  unsigned tier = 0;
  bool json = false;
};

class warning_printer final : public run_observer {
 public:
  void notice(severity, std::string_view sentence) override {
    fmt::print(stderr, "{}\n", escape_controls(sentence));
  }
};

int execute(const plan_arguments& arguments) {
  const job_spec spec = load_job_spec(arguments.job, arguments.set);
  warning_printer printer;
  plan_options options;
  options.observer = &printer;
  options.limit = arguments.limit;
  options.sample = arguments.sample;
  if (arguments.tier > 0) options.tier = fmt::format("tier_{}", arguments.tier);
  const plan_report report = plan(spec, options);
  fmt::print("{}",
             arguments.json ? plan_json(report, spec) : plan_text(report, spec, options.tier));
  return report.faulty > 0 ? exit_code::rows_faulty : exit_code::ok;
}

}  // namespace

void add_plan(CLI::App& app, int& exit) {
  const auto arguments = std::make_shared<plan_arguments>();
  CLI::App* command = app.add_subcommand(
      "plan", "What a job will take: requests, tokens, money, time; nothing is sent");
  command->add_option("JOB.yaml", arguments->job, "The job spec")->required()->type_name("");
  command->add_option("--set", arguments->set, "Override a key of the spec; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command->add_option("--limit", arguments->limit, "Only the first N rows")->type_name("N");
  command
      ->add_option("--sample", arguments->sample,
                   "Really run N rows, chosen evenly from the input, and expect what they show; "
                   "they are paid for")
      ->type_name("N");
  command->add_option("--tier", arguments->tier, "Take the rate limits of usage tier N, 1 to 5")
      ->type_name("N")
      ->check(CLI::Range(1, 5));
  command->add_flag("--json", arguments->json, "JSON instead of text");
  command->footer(
      "Exit codes: 0 every row can be sent; 1 some rows cannot; 2 wrong usage, spec or\n"
      "input; 3 the sample could not be run.");
  command->callback([arguments, &exit] { exit = execute(*arguments); });
}

}  // namespace batchmill::cli
