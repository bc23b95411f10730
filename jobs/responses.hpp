// /v1/responses: input in, a list of output items out.
#pragma once

#include <memory>

#include "batchmill/job.hpp"

namespace batchmill::jobs {

std::unique_ptr<row_job> make_responses(const job_spec& spec, row_format format);

}  // namespace batchmill::jobs
