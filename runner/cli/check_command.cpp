// batchmill check JOB.yaml
#include <fmt/format.h>

#include "batchmill/run.hpp"
#include "runner/cli/commands.hpp"
#include "runner/cli/job_options.hpp"
#include "runner/progress/text.hpp"

namespace batchmill::cli {
namespace {

/// Faults as compilers print them, one a line, so that editors find the place.
class fault_printer final : public run_observer {
 public:
  void notice(severity, std::string_view sentence) override {
    fmt::print(stderr, "{}\n", escape_controls(sentence));
  }
};

std::string rows_of(const check_report& report) {
  return report.rows == 1 ? "its only row" : fmt::format("all {} rows", report.rows);
}

int execute(const job_options& arguments) {
  const job_spec spec = load(arguments);
  fault_printer printer;
  run_options options;
  options.observer = &printer;
  options.limit = arguments.limit;
  const check_report report = check(spec, options);
  if (report.faulty > 0) {
    fmt::print("{}: {} of {} {} cannot be sent\n", arguments.job, report.faulty, report.rows,
               report.rows == 1 ? "row" : "rows");
  }
  if (report.obstacles > 0) {
    if (report.faulty == 0) {
      fmt::print("{}: {} {} in order, but `run` would not begin\n", arguments.job, rows_of(report),
                 report.rows == 1 ? "is" : "are");
    }
    return exit_code::usage;
  }
  if (report.faulty > 0) return exit_code::rows_faulty;
  if (!arguments.quiet) {
    fmt::print("{}: the spec and {} are in order\n", arguments.job, rows_of(report));
  }
  return exit_code::ok;
}

}  // namespace

void add_check(CLI::App& app, int& exit) {
  const auto arguments = std::make_shared<job_options>();
  CLI::App* command = app.add_subcommand(
      "check", "Validate a job spec, what it needs, and every input row; nothing is sent");
  add_job_options(*command, *arguments);
  command->footer(
      "Exit codes: 0 all is well; 1 some rows are faulty; 2 wrong usage or spec,\n"
      "or something that a run needs is missing.");
  command->callback([arguments, &exit] { exit = execute(*arguments); });
}

}  // namespace batchmill::cli
