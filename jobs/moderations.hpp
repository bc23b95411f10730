// Moderation: many texts in one request, one verdict for each row.
#pragma once

#include <memory>

#include "batchmill/job.hpp"

namespace batchmill::jobs {

std::unique_ptr<row_job> make_moderations(const job_spec& spec, row_format format);

}  // namespace batchmill::jobs
