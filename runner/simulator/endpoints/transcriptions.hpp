// POST /v1/audio/transcriptions and /v1/audio/translations.
#pragma once

#include "runner/simulator/endpoint.hpp"

namespace batchmill::simulator_detail {

admission_result transcribe(const call& c);
admission_result translate(const call& c);

}  // namespace batchmill::simulator_detail
