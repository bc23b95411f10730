// batchmill check JOB.yaml
#include <fmt/format.h>

#include "batchmill/run.hpp"
#include "runner/cli/commands.hpp"
#include "runner/cli/job_options.hpp"

namespace batchmill::cli {
namespace {

int execute(const job_options& arguments) {
  const job_spec spec = load(arguments);
  const std::unique_ptr<run_observer> observer = make_observer(arguments);
  run_options options;
  options.observer = observer.get();
  options.limit = arguments.limit;
  const check_report report = check(spec, options);
  if (report.faulty > 0) {
    observer->notice(severity::error,
                     fmt::format("{} of {} rows cannot be sent; {} would run", report.faulty,
                                 report.rows, report.rows - report.faulty));
    return exit_code::rows_faulty;
  }
  observer->notice(severity::info, fmt::format("{}: the spec and all {} rows are in order",
                                               arguments.job, report.rows));
  return exit_code::ok;
}

}  // namespace

void add_check(CLI::App& app, int& exit) {
  const auto arguments = std::make_shared<job_options>();
  CLI::App* command =
      app.add_subcommand("check", "Validate a job spec and every input row; nothing is sent");
  add_job_options(*command, *arguments);
  command->footer("Exit codes: 0 all is well; 1 some rows are faulty; 2 wrong usage or spec.");
  command->callback([arguments, &exit] { exit = execute(*arguments); });
}

}  // namespace batchmill::cli
