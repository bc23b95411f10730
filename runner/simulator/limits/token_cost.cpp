#include "runner/simulator/limits/token_cost.hpp"

namespace batchmill::simulator_detail {

std::int64_t charge_at_first(simulated_token_cost cost, const admission& a) {
  const bool told = a.input_tokens > 0 || a.output_tokens > 0;
  if (told && cost == simulated_token_cost::sum) return a.input_tokens + a.output_tokens;
  if (told && cost == simulated_token_cost::input) return a.input_tokens;
  return a.charged_tokens;
}

std::int64_t charge_at_last(simulated_token_cost cost, std::int64_t charged,
                            const token_usage& usage) {
  const bool corrects = cost == simulated_token_cost::used || cost == simulated_token_cost::input;
  return corrects ? usage.total - charged : 0;
}

}  // namespace batchmill::simulator_detail
