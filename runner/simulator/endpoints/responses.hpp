// POST /v1/responses, and GET and DELETE /v1/responses/{id}.
#pragma once

#include "runner/simulator/endpoint.hpp"
#include "runner/simulator/response_store.hpp"

namespace batchmill::simulator_detail {

admission_result create_response(const call& c, response_store& store);
admission_result show_response(const call& c, const response_store& store);
admission_result delete_response(const call& c, response_store& store);

}  // namespace batchmill::simulator_detail
