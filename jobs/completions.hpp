// /v1/completions, of older models and many other servers: prompts in, their continuations out.
#pragma once

#include <memory>

#include "batchmill/job.hpp"

namespace batchmill::jobs {

std::unique_ptr<row_job> make_completions(const job_spec& spec, row_format format);

}  // namespace batchmill::jobs
