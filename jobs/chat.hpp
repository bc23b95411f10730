// /v1/chat/completions: messages in, one or more choices out.
#pragma once

#include <memory>

#include "batchmill/job.hpp"

namespace batchmill::jobs {

std::unique_ptr<row_job> make_chat(const job_spec& spec, row_format format);

}  // namespace batchmill::jobs
