// /v1/models: the models are listed and shown, those that fine-tuning made deleted, too.
#pragma once

#include "runner/simulator/endpoint.hpp"
#include "runner/simulator/fine_tuning/tuned_models.hpp"

namespace batchmill::simulator_detail {

/// `tuned` must outlive the answers.
admission_result list_models(const call& c, const tuned_models& tuned);
admission_result show_model(const call& c, const tuned_models& tuned);
admission_result delete_model(const call& c, tuned_models& tuned);

}  // namespace batchmill::simulator_detail
