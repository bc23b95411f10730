// POST /v1/moderations.
#pragma once

#include "runner/simulator/endpoint.hpp"

namespace batchmill::simulator_detail {

admission_result moderations(const call& c);

}  // namespace batchmill::simulator_detail
