// /v1/fine_tuning/jobs: a job is created, shown, listed, cancelled, paused and resumed; its events
// and checkpoints are listed.
#pragma once

#include "runner/simulator/endpoint.hpp"
#include "runner/simulator/files/file_store.hpp"
#include "runner/simulator/fine_tuning/tuning_store.hpp"

namespace batchmill::simulator_detail {

admission_result create_tuning_job(const call& c, tuning_store& jobs, file_store& files);
admission_result list_tuning_jobs(const call& c, tuning_store& jobs);
admission_result show_tuning_job(const call& c, tuning_store& jobs);
admission_result cancel_tuning_job(const call& c, tuning_store& jobs);
admission_result pause_tuning_job(const call& c, tuning_store& jobs);
admission_result resume_tuning_job(const call& c, tuning_store& jobs);
admission_result list_tuning_events(const call& c, tuning_store& jobs);
admission_result list_tuning_checkpoints(const call& c, tuning_store& jobs);

}  // namespace batchmill::simulator_detail
