// batchmill cancel OUTPUT
#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "batchmill/error.hpp"
#include "batchmill/run.hpp"
#include "runner/batch/part_book.hpp"
#include "runner/batch/part_paths.hpp"
#include "runner/cli/commands.hpp"
#include "runner/cli/job_options.hpp"

namespace batchmill::cli {
namespace {

struct cancel_arguments {
  std::string output;
  job_options job;  // of which --set and how progress is shown are used
};

/// The spec that the run was begun with: it says how to reach the server and read its answers.
std::string spec_of(const std::string& output) {
  const part_paths parts(output + ".ledger");
  const std::string spec = look_at_fact(parts.book(), "spec");
  if (!spec.empty()) return spec;
  throw usage_error(fmt::format("{}: no batches are under way for it", output));
}

int execute(cancel_arguments arguments) {
  arguments.job.job = spec_of(arguments.output);
  const job_spec spec = load(arguments.job, std::filesystem::absolute(arguments.output).string());
  const std::unique_ptr<run_observer> observer = make_observer(arguments.job);
  run_options options;
  options.observer = observer.get();
  options.cancel = true;
  options.handle_signals = true;
  const run_summary summary = run(spec, options);
  return summary.given_up ? exit_code::ok : static_cast<int>(summary.end);
}

}  // namespace

void add_cancel(CLI::App& app, int& exit) {
  const auto arguments = std::make_shared<cancel_arguments>();
  CLI::App* command =
      app.add_subcommand("cancel", "Cancel the batches of a run and keep what they have finished");
  command->add_option("OUTPUT", arguments->output, "The file of the results")
      ->required()
      ->type_name("");
  add_override_options(*command, arguments->job);
  command->footer("Rows that no batch has answered stay open; batchmill run goes on with them.");
  command->callback([arguments, &exit] { exit = execute(*arguments); });
}

}  // namespace batchmill::cli
