// POST /v1/embeddings.
#pragma once

#include "runner/simulator/endpoint.hpp"

namespace batchmill::simulator_detail {

admission_result embeddings(const call& c);

}  // namespace batchmill::simulator_detail
