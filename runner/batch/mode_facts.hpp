// What the choice between online and batches depends on, read off a job.
#pragma once

#include "batchmill/job.hpp"
#include "batchmill/job_spec.hpp"
#include "runner/batch/mode_choice.hpp"
#include "runner/engine/row_source.hpp"

namespace batchmill {

/// `rows` is only looked at.
mode_facts mode_facts_of(const job_spec& spec, const row_job& job, row_source& rows, wall_time now);

}  // namespace batchmill
