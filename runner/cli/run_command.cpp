// batchmill run JOB.yaml
#include <cstdlib>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "batchmill/run.hpp"
#include "runner/cli/commands.hpp"
#include "runner/cli/job_options.hpp"
#include "runner/cli/simulator_options.hpp"

/// jemalloc's, where the program is linked with it.
extern "C" [[gnu::weak]] int mallctl(const char* name, void* old, std::size_t* old_size,
                                     void* given, std::size_t given_size);

namespace batchmill::cli {
namespace {

struct run_arguments {
  job_options job;
  std::string output;
  bool fresh = false;
  bool reuse = false;
  bool retry_failed = false;
  bool detach = false;
  bool simulate = false;
  simulator_options simulator;
};

/// Packed embeddings come in answers of many megabytes. Allocators give the memory of each back to
/// the system, which clears every page of it for the next.
void keep_memory_of_answers() {
  if (mallctl != nullptr) {
    ssize_t never = -1;
    mallctl("arena.0.dirty_decay_ms", nullptr, nullptr, &never, sizeof never);
    return;
  }
#ifdef __GLIBC__
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that it takes
  ::mallopt(M_TRIM_THRESHOLD, 128 << 20);
#endif
}

int execute(const run_arguments& arguments) {
  const job_spec spec = load(arguments.job, arguments.output);
  if (spec.output.format == output_format::npy) keep_memory_of_answers();
  const std::unique_ptr<run_observer> observer = make_observer(arguments.job);
  run_options options;
  options.observer = observer.get();
  options.limit = arguments.job.limit;
  options.fresh = arguments.fresh;
  options.reuse = arguments.reuse;
  options.retry_failed = arguments.retry_failed;
  options.detach = arguments.detach;
  options.handle_signals = true;
  if (arguments.simulate) options.simulate = simulation_of(arguments.simulator);
  return static_cast<int>(run(spec, options).end);
}

}  // namespace

void add_run(CLI::App& app, int& exit) {
  const auto arguments = std::make_shared<run_arguments>();
  CLI::App* command =
      app.add_subcommand("run", "Run a job: one output line per input row, in order");
  add_job_options(*command, arguments->job);
  command
      ->add_option("-o,--output", arguments->output, "Where the results go, instead of output.path")
      ->type_name("FILE");
  CLI::Option* fresh = command->add_flag(
      "--fresh", arguments->fresh, "Move an earlier output aside instead of going on with it");
  command
      ->add_flag("--reuse", arguments->reuse,
                 "After a change of spec or input: keep the results of rows whose request is "
                 "unchanged, ask the others, write the output anew in order")
      ->excludes(fresh);
  command
      ->add_flag("--retry-failed", arguments->retry_failed,
                 "Ask the rows again that failed, and put their results in place")
      ->excludes(fresh);
  CLI::Option* detach = command->add_flag(
      "--detach", arguments->detach,
      "With mode: batch, return as soon as all batches that may be are under way; "
      "the same command without it collects the results");
  command->add_flag("--no-progress", arguments->job.no_progress, "No live display");
  CLI::Option* simulate = command->add_flag(
      "--simulate", arguments->simulate,
      "Rehearse: the built-in simulator answers, no key and no network is needed");
  simulate->excludes(detach);  // its batches would end with it
  for (CLI::Option* option : add_simulator_options(*command, arguments->simulator)) {
    option->needs(simulate);
  }
  command->footer(
      "Exit codes: 0 every row succeeded; 1 finished, some rows failed; 2 wrong usage, spec or\n"
      "input; 3 stopped for a reason that concerns the whole run; 4 detached, batches are under "
      "way;\n"
      "130 interrupted.\n"
      "A run that was interrupted, however, is gone on with by the same command.\n"
      "The first Ctrl-C sends nothing any more and waits for what is in flight; the second gives "
      "up.");
  command->callback([arguments, &exit] { exit = execute(*arguments); });
}

}  // namespace batchmill::cli
