// The body of POST /v1/fine_tuning/jobs.
#pragma once

#include "runner/simulator/endpoint.hpp"
#include "runner/simulator/fine_tuning/tuning_job.hpp"

namespace batchmill::simulator_detail {

/// Reads and checks all of it but the files themselves. A seed that is not given is -1.
refusal read_tuning_request(const call& c, tuning_facts& facts);

}  // namespace batchmill::simulator_detail
