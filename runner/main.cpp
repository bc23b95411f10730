// The program: command line in, exit code out.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <span>
#include <string>
#include <vector>

#include "batchmill/error.hpp"
#include "batchmill/nearest_name.hpp"
#include "runner/cli/commands.hpp"
#include "runner/progress/text.hpp"

namespace {

using batchmill::cli::exit_code;

int say(const char* sentence, int code) {
  fmt::print(stderr, "batchmill: {}\n", batchmill::escape_controls(sentence));
  return code;
}

/// Names what was meant, where the parser would only complain. `words` follow the command `name`.
void require_command(const CLI::App& app, const std::string& name, std::span<char*> words) {
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (!command->get_name().empty()) known.push_back(command->get_name());  // else it is options
  }
  if (known.empty() || (!words.empty() && words[0][0] == '-')) return;
  if (words.empty()) {
    throw batchmill::usage_error(
        fmt::format("`{0}` needs a command; `{0} --help` lists them", name));
  }
  const std::string given = words[0];
  if (std::ranges::find(known, given) != known.end()) {
    return require_command(*app.get_subcommand(given), name + " " + given, words.subspan(1));
  }
  const std::vector<std::string_view> names(known.begin(), known.end());
  const std::string_view meant = batchmill::nearest_name(given, names);
  throw batchmill::usage_error(fmt::format("there is no command `{}`{}", given,
                                           meant.empty()
                                               ? fmt::format("; {} --help lists them", name)
                                               : fmt::format("; did you mean `{}`?", meant)));
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
  batchmill::cli::add_finetune(app, exit);
  batchmill::cli::add_models(app, exit);
  batchmill::cli::add_schema(app, exit);
  batchmill::cli::add_tokens(app, exit);
  try {
    const std::span<char*> words(argv, static_cast<std::size_t>(argc));
    require_command(app, "batchmill", words.subspan(argc > 0 ? 1 : 0));
    return parse_and_run(app, argc, argv, exit);
  } catch (const batchmill::usage_error& error) {
    return say(error.what(), exit_code::usage);
  } catch (const batchmill::run_error& error) {
    return say(error.what(), exit_code::stopped);
  } catch (const std::exception& error) {
    return say(error.what(), exit_code::stopped);
  }
}
