// What a request is charged against the limits of tokens, before and after its answer.
#pragma once

#include <cstdint>

#include "batchmill/simulation.hpp"
#include "runner/simulator/endpoint.hpp"

namespace batchmill::simulator_detail {

/// Tokens that are charged when the request comes.
std::int64_t charge_at_first(simulated_token_cost cost, const admission& a);

/// Tokens to charge in addition when the answer goes out; negative: to give back.
std::int64_t charge_at_last(simulated_token_cost cost, std::int64_t charged,
                            const token_usage& usage);

}  // namespace batchmill::simulator_detail
