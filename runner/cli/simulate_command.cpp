// batchmill simulate
#include <fmt/format.h>
#include <pthread.h>

#include <csignal>

#include "runner/cli/commands.hpp"
#include "runner/cli/simulator_options.hpp"
#include "runner/engine/descriptor_limit.hpp"
#include "runner/simulator/simulator.hpp"

namespace batchmill::cli {
namespace {

constexpr std::uint64_t most_descriptors = 65536;

struct simulate_arguments {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  std::string key;
  bool count_executions = false;
  simulator_options simulator;
};

/// Blocks SIGINT and SIGTERM in this thread and those it starts, to be waited for.
sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

int execute(const simulate_arguments& arguments) {
  simulation_options options = simulation_of(arguments.simulator);
  options.key = arguments.key;
  options.count_executions = arguments.count_executions;
  raise_descriptor_limit(most_descriptors);
  const sigset_t signals = block_signals();
  const simulator server(options, arguments.address, arguments.port);
  fmt::print(stderr, "The simulator answers at http://{}:{}/v1 until Ctrl-C.\n", arguments.address,
             server.port());
  int number = 0;
  sigwait(&signals, &number);
  return exit_code::ok;
}

}  // namespace

void add_simulate(CLI::App& app, int& exit) {
  const auto arguments = std::make_shared<simulate_arguments>();
  CLI::App* command = app.add_subcommand(
      "simulate", "Serve an OpenAI-like API on this machine: strict, deterministic, free");
  command->add_option("-p,--port", arguments->port, "Port to listen on; 0: any free one")
      ->type_name("PORT")
      ->capture_default_str();
  command->add_option("--address", arguments->address, "Address to listen on")
      ->type_name("ADDRESS")
      ->capture_default_str();
  command->add_option("--key", arguments->key, "The only key that is accepted; default: any")
      ->type_name("KEY");
  command->add_flag("--count-executions", arguments->count_executions,
                    "Count how often each request is executed; GET /simulator/executions tells");
  add_simulator_options(*command, arguments->simulator);
  command->callback([arguments, &exit] { exit = execute(*arguments); });
}

}  // namespace batchmill::cli
