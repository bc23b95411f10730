// /v1/images/generations, /edits and /variations: images come back inline or by their addresses.
#pragma once

#include <memory>

#include "batchmill/job.hpp"

namespace batchmill::jobs {

std::unique_ptr<row_job> make_images(const job_spec& spec, row_format format);

}  // namespace batchmill::jobs
