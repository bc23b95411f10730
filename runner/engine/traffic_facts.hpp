// What a shipment and its answer mean for the traffic of their model.
#pragma once

#include "runner/engine/answer.hpp"
#include "runner/engine/shipment.hpp"
#include "runner/flow/model_traffic.hpp"

namespace batchmill {

/// Did a model work on it?
bool was_paid(answer_kind kind);

token_estimate estimate_of(const shipment& s);

traffic_report report_of(const departure& sent, const answer& a);

}  // namespace batchmill
