// /v1/audio/transcriptions and /v1/audio/translations: a recording goes up, text comes back.
#pragma once

#include <memory>

#include "batchmill/job.hpp"

namespace batchmill::jobs {

std::unique_ptr<row_job> make_transcriptions(const job_spec& spec, row_format format);

}  // namespace batchmill::jobs
