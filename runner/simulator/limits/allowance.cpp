#include "runner/simulator/limits/allowance.hpp"

#include <chrono>

#include "runner/simulator/limits/continuous_bucket.hpp"
#include "runner/simulator/limits/fixed_window.hpp"
#include "runner/simulator/limits/second_buckets.hpp"
#include "runner/simulator/limits/sliding_window.hpp"

namespace batchmill::simulator_detail {

std::unique_ptr<allowance> make_allowance(const simulated_limits& limits, double limit,
                                          time_point now) {
  switch (limits.model) {
    case simulated_limit_model::second:
      return std::make_unique<second_buckets>(limit, now);
    case simulated_limit_model::minute:
      return std::make_unique<fixed_window>(limit, limits.window, now);
    case simulated_limit_model::sliding:
      return std::make_unique<sliding_window>(limit, limits.window, now);
    case simulated_limit_model::continuous:
      break;
  }
  return std::make_unique<continuous_bucket>(limit, std::chrono::minutes(1), limits.burst, now);
}

}  // namespace batchmill::simulator_detail
