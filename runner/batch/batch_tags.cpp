#include "runner/batch/batch_tags.hpp"

#include <cstdlib>
#include <tuple>

namespace batchmill {
namespace {

constexpr const char* part_tag = "batchmill_part";
constexpr const char* try_tag = "batchmill_try";

unsigned progress_of(batch_status status) {
  switch (status) {
    case batch_status::completed:
      return 5;
    case batch_status::finalizing:
      return 4;
    case batch_status::in_progress:
      return 3;
    case batch_status::validating:
    case batch_status::unknown:
      return 2;
    case batch_status::expired:
    case batch_status::cancelling:
    case batch_status::cancelled:
      return 1;
    case batch_status::failed:
      break;
  }
  return 0;
}

bool is_further(const remote_batch& one, const remote_batch& other) {
  return std::tuple(progress_of(one.status), one.counts.completed) >
         std::tuple(progress_of(other.status), other.counts.completed);
}

}  // namespace

batch_order order_for(const batch_part& part, const std::string& run_id) {
  batch_order order(part.input_file_id, part.endpoint);
  order.metadata.emplace_back(run_tag, run_id);
  order.metadata.emplace_back(part_tag, std::to_string(part.number));
  order.metadata.emplace_back(try_tag, std::to_string(part.creation));
  return order;
}

std::uint64_t part_of(const remote_batch& b) {
  const std::string text(b.tag(part_tag));
  return std::strtoull(text.c_str(), nullptr, 10);
}

bool may_cost(const remote_batch& b) {
  return b.status != batch_status::failed;
}

const remote_batch* batch_to_adopt(const std::vector<remote_batch>& found, const batch_part& part) {
  const std::string creation = std::to_string(part.creation);
  const remote_batch* best = nullptr;
  for (const remote_batch& b : found) {
    if (part_of(b) != part.number) continue;
    // A refused one of an earlier creation has had its say.
    const bool current = part.state == part_state::creating && b.tag(try_tag) == creation;
    if (!may_cost(b) && !current) continue;
    if (best == nullptr || is_further(b, *best)) best = &b;
  }
  return best;
}

}  // namespace batchmill
