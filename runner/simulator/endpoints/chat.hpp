// POST /v1/chat/completions.
#pragma once

#include "runner/simulator/endpoint.hpp"
#include "runner/simulator/fine_tuning/tuned_models.hpp"

namespace batchmill::simulator_detail {

/// `tuned` must outlive the answers.
admission_result chat(const call& c, const tuned_models& tuned);

}  // namespace batchmill::simulator_detail
