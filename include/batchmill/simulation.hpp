// How the built-in simulator behaves: its speed, its limits and its faults.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/clock.hpp"

namespace batchmill {

/// How long an answer takes.
struct simulated_latency {
  duration median{};
  double sigma = 0;  // of the logarithm; 0: every answer takes `median`
};

/// A fault that hits a share of the requests.
struct simulated_fault {
  // Nothing is executed: 408, 409, 429, 500, 502, 503, slow_down, quota, key, html, reset.
  // The request is executed and its answer suffers: slow, drop, truncate, malformed.
  std::string kind;
  double probability = 0;  // 0 to 1
};

struct simulation_options {
  simulation_options() = default;

  std::uint64_t seed = 0;
  std::string key;  // the only accepted API key; empty: any non-empty key
  simulated_latency latency;
  double requests_per_minute = 0;  // per model; 0: unlimited
  double tokens_per_minute = 0;    // per model; 0: unlimited
  std::vector<simulated_fault> faults;
  bool count_executions = false;  // per request; GET /simulator/executions tells
};

/// "300ms", or "300ms,0.5" for lognormal with that median and sigma. Throws usage_error.
simulated_latency parse_simulated_latency(std::string_view text);

/// "429=1%,500=0.5%,drop=0.001". Throws usage_error with the known kinds.
std::vector<simulated_fault> parse_simulated_faults(std::string_view text);

}  // namespace batchmill
