// The commands of the program: each adds its options to the parser and runs when it was chosen.
#pragma once

#include <CLI/CLI.hpp>

namespace batchmill::cli {

/// Exit codes that are not the end of a run (those are in run_end).
enum exit_code : int {
  ok = 0,
  rows_faulty = 1,
  usage = 2,
  stopped = 3,
};

/// Each sets `exit` when its command has run.
void add_run(CLI::App& app, int& exit);
void add_check(CLI::App& app, int& exit);
void add_simulate(CLI::App& app, int& exit);
void add_schema(CLI::App& app, int& exit);
void add_status(CLI::App& app, int& exit);
void add_cancel(CLI::App& app, int& exit);
void add_tokens(CLI::App& app, int& exit);
void add_batches(CLI::App& app, int& exit);
void add_files(CLI::App& app, int& exit);
void add_models(CLI::App& app, int& exit);
void add_plan(CLI::App& app, int& exit);
void add_finetune(CLI::App& app, int& exit);

}  // namespace batchmill::cli
