// Every endpoint that has no job of its own: the body goes out as it is, the answer comes back as
// it is.
#pragma once

#include <memory>

#include "batchmill/job.hpp"
#include "jobs/endpoint_traits.hpp"

namespace batchmill::jobs {

std::unique_ptr<row_job> make_plain(const job_spec& spec, row_format format,
                                    endpoint_traits traits);

}  // namespace batchmill::jobs
