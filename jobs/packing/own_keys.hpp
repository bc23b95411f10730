// Keys of the spec that only some endpoints know.
#pragma once

#include "batchmill/job_spec.hpp"

namespace batchmill::jobs {

/// Throws usage_error when the spec sets a key that its endpoint has no use for.
void refuse_foreign_keys(const job_spec& spec);

}  // namespace batchmill::jobs
