// POST /v1/audio/speech.
#pragma once

#include "runner/simulator/endpoint.hpp"

namespace batchmill::simulator_detail {

admission_result speech(const call& c);

}  // namespace batchmill::simulator_detail
