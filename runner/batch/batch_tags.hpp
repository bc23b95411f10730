// How a batch at the server tells what it was created for: by its metadata. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/batch/part.hpp"
#include "runner/remote/objects.hpp"
#include "runner/remote/orders.hpp"

namespace batchmill {

inline constexpr const char* run_tag = "batchmill_run";

/// The order for a part's next batch. `run_id` tells this run's batches from all others.
batch_order order_for(const batch_part& part, const std::string& run_id);

/// The part that a batch of this run was created for; 0: none.
std::uint64_t part_of(const remote_batch& b);

/// Was any of its requests executed, or may one be?
bool may_cost(const remote_batch& b);

/// Of `found`, the one that a part goes on with whose creation was not answered: the one that has
/// come the furthest. Null: there is none yet.
const remote_batch* batch_to_adopt(const std::vector<remote_batch>& found, const batch_part& part);

}  // namespace batchmill
