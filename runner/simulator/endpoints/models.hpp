// GET /v1/models and GET /v1/models/{id}.
#pragma once

#include "runner/simulator/endpoint.hpp"

namespace batchmill::simulator_detail {

admission_result list_models(const call& c);
admission_result show_model(const call& c);

}  // namespace batchmill::simulator_detail
