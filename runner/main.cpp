// The program: command line in, exit code out.
#include <fmt/format.h>

#include <csignal>
#include <exception>

#include "batchmill/error.hpp"
#include "runner/cli/commands.hpp"
#include "runner/progress/text.hpp"

namespace {

using batchmill::cli::exit_code;

int say(const char* sentence, int code) {
  fmt::print(stderr, "batchmill: {}\n", batchmill::escape_controls(sentence));
  return code;
}

int parse_and_run(CLI::App& app, int argc, char** argv, const int& exit) {
  try {
    app.parse(argc, argv);
    return exit;
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    say(error.what(), exit_code::usage);
    fmt::print(stderr, "Run with --help to see the options.\n");
    return exit_code::usage;
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that leaves is an error of the write, not our end
  CLI::App app("Bulk jobs against the OpenAI API and every server that speaks it.", "batchmill");
  app.set_version_flag("--version", "batchmill " BATCHMILL_VERSION);
  app.require_subcommand(1);
  int exit = exit_code::ok;
  batchmill::cli::add_run(app, exit);
  batchmill::cli::add_check(app, exit);
  batchmill::cli::add_plan(app, exit);
  batchmill::cli::add_simulate(app, exit);
  batchmill::cli::add_status(app, exit);
  batchmill::cli::add_cancel(app, exit);
  batchmill::cli::add_batches(app, exit);
  batchmill::cli::add_files(app, exit);
  batchmill::cli::add_models(app, exit);
  batchmill::cli::add_schema(app, exit);
  batchmill::cli::add_tokens(app, exit);
  try {
    return parse_and_run(app, argc, argv, exit);
  } catch (const batchmill::usage_error& error) {
    return say(error.what(), exit_code::usage);
  } catch (const batchmill::run_error& error) {
    return say(error.what(), exit_code::stopped);
  } catch (const std::exception& error) {
    return say(error.what(), exit_code::stopped);
  }
}
