// How long a simulated answer takes.
#pragma once

#include <cstdint>

#include "batchmill/simulation.hpp"

namespace batchmill::simulator_detail {

/// The latency of one attempt. The same `seed` gives the same latency.
duration sample_latency(const simulated_latency& latency, std::uint64_t seed);

}  // namespace batchmill::simulator_detail
