// /v1/batches: a batch is created, shown, listed and cancelled.
#pragma once

#include "runner/simulator/batches/batch_store.hpp"
#include "runner/simulator/endpoint.hpp"

namespace batchmill::simulator_detail {

admission_result create_batch(const call& c, batch_store& batches, file_store& files);
admission_result list_batches(const call& c, batch_store& batches);
admission_result show_batch(const call& c, batch_store& batches);
admission_result cancel_batch(const call& c, batch_store& batches);

}  // namespace batchmill::simulator_detail
