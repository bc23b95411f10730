#include "runner/cli/simulator_options.hpp"

namespace batchmill::cli {
namespace {

std::string not_negative(const std::string& number) {
  return number.starts_with('-') ? "must not be negative" : "";
}

}  // namespace

std::vector<CLI::Option*> add_simulator_options(CLI::App& command, simulator_options& options) {
  const std::string group = "Simulator";
  return {
      command
          .add_option("--latency", options.latency,
                      "How long an answer takes: 300ms, or 300ms,0.5 for lognormal with this "
                      "median and sigma")
          ->type_name("TIME[,SIGMA]")
          ->group(group),
      command.add_option("--rpm", options.rpm, "Requests per minute and model; 0: unlimited")
          ->type_name("N")
          ->check(not_negative)
          ->group(group),
      command.add_option("--tpm", options.tpm, "Tokens per minute and model; 0: unlimited")
          ->type_name("N")
          ->check(not_negative)
          ->group(group),
      command
          .add_option("--faults", options.faults,
                      "Faults and their share, e.g. 429=1%,500=0.5%,drop=0.1%")
          ->type_name("KIND=SHARE,...")
          ->group(group),
      command.add_option("--seed", options.seed, "Other seed, other answers, latencies and faults")
          ->type_name("N")
          ->group(group),
  };
}

simulation_options simulation_of(const simulator_options& options) {
  simulation_options result;
  result.seed = options.seed;
  if (!options.latency.empty()) result.latency = parse_simulated_latency(options.latency);
  if (!options.faults.empty()) result.faults = parse_simulated_faults(options.faults);
  result.requests_per_minute = options.rpm;
  result.tokens_per_minute = options.tpm;
  return result;
}

}  // namespace batchmill::cli
