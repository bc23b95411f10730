#include "runner/engine/twins.hpp"

namespace batchmill {
namespace {

std::size_t bytes_of(const outcome& result) {
  std::size_t bytes = sizeof result + result.body.size() + result.text.size() +
                      result.usage.size() + result.request_id.size() + result.vector.size();
  for (const artifact& file : result.artifacts) bytes += file.bytes.size();
  return bytes;
}

}  // namespace

const outcome* twins::find(std::uint64_t hash) const {
  const auto found = kept_.find(hash);
  return found == kept_.end() ? nullptr : &found->second;
}

bool twins::join(row& r, const std::string& custom_id, std::uint64_t hash) {
  const auto [place, first] = under_way_.try_emplace(hash);
  if (first) return false;
  bytes_waiting_ += r.text.size();
  place->second.emplace_back(std::move(r), custom_id);
  return true;
}

std::vector<twin> twins::answered(std::uint64_t hash, const outcome& result) {
  const auto leader = under_way_.find(hash);
  if (leader == under_way_.end()) return {};
  std::vector<twin> waiting = std::move(leader->second);
  under_way_.erase(leader);
  for (const twin& t : waiting) bytes_waiting_ -= t.from.text.size();
  if (result.ok) keep(hash, result);
  return waiting;
}

void twins::keep(std::uint64_t hash, const outcome& result) {
  const std::size_t bytes = bytes_of(result);
  if (bytes > memory_) forgotten_ += bytes;
  if (bytes > memory_ || !kept_.try_emplace(hash, result).second) return;
  oldest_.push_back(hash);
  bytes_kept_ += bytes;
  while (bytes_kept_ > memory_) {
    const auto gone = kept_.find(oldest_.front());
    const std::size_t freed = bytes_of(gone->second);
    bytes_kept_ -= freed;
    forgotten_ += freed;
    kept_.erase(gone);
    oldest_.pop_front();
  }
}

outcome as_twin(outcome result, std::string custom_id) {
  result.custom_id = std::move(custom_id);
  result.input.clear();
  result.tokens = {};
  result.attempts = 0;
  return result;
}

}  // namespace batchmill
