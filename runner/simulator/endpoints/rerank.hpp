// POST /v1/rerank: not OpenAI's, but of the servers of open models (vLLM, Jina, Cohere).
#pragma once

#include "runner/simulator/endpoint.hpp"

namespace batchmill::simulator_detail {

admission_result rerank(const call& c);

}  // namespace batchmill::simulator_detail
