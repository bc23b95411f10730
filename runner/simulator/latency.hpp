// How long a simulated answer takes.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>

#include "batchmill/simulation.hpp"

namespace batchmill::simulator_detail {

/// The latency of one attempt. The same `seed` gives the same latency.
duration sample_latency(const simulated_latency& latency, std::uint64_t seed);

/// What the request asks for itself by `metadata.simulate_latency`, e.g. "120s": a straggler.
std::optional<duration> latency_in(const boost::json::object& body);

}  // namespace batchmill::simulator_detail
