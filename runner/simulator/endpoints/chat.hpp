// POST /v1/chat/completions.
#pragma once

#include "runner/simulator/endpoint.hpp"

namespace batchmill::simulator_detail {

admission_result chat(const call& c);

}  // namespace batchmill::simulator_detail
