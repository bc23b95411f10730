// POST /v1/completions.
#pragma once

#include "runner/simulator/endpoint.hpp"

namespace batchmill::simulator_detail {

admission_result completions(const call& c);

}  // namespace batchmill::simulator_detail
