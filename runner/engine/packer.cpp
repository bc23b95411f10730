#include "runner/engine/packer.hpp"

#include <algorithm>
#include <utility>

namespace batchmill {
namespace {

constexpr std::size_t most_open = 8;
constexpr std::size_t most_bytes = 8 << 20;  // of the inputs in a request

// A row of a rare kind holds back the ordered output while it waits for company.
constexpr std::uint64_t longest_wait = 8;  // in full packs of rows read meanwhile

}  // namespace

void packer::add(parcel&& p) {
  const std::uint64_t now = p.from.index;
  if (p.prepared.inputs.count == 0) {
    ready_.emplace_back(std::move(p));
    return;
  }
  shipment& pack = pack_for(p);
  pack.add(std::move(p));
  if (pack.size() >= limits_.rows || pack.inputs() >= limits_.inputs) {
    close(std::ranges::find(open_, &pack, [](const shipment& s) { return &s; }));
  }
  if (open_.empty()) return;
  const bool waits_long = now - open_.front().first().from.index > longest_wait * limits_.rows;
  if (waits_long || open_.size() > most_open) close(open_.begin());
}

std::optional<shipment> packer::take_ready() {
  if (ready_.empty()) return std::nullopt;
  std::optional<shipment> next = std::move(ready_.front());
  ready_.pop_front();
  return next;
}

void packer::close_all() {
  while (!open_.empty()) close(open_.begin());
}

shipment& packer::pack_for(const parcel& p) {
  const auto found = std::ranges::find_if(
      open_, [&](const shipment& pack) { return joinable(pack.first().prepared, p.prepared); });
  if (found != open_.end()) {
    if (has_room(*found, p.prepared)) return *found;
    close(found);
  }
  return open_.emplace_back();
}

bool packer::has_room(const shipment& pack, const prepared_request& next) const {
  return pack.size() < limits_.rows && pack.inputs() + next.inputs.count <= limits_.inputs &&
         pack.tokens() + next.prompt_tokens + next.max_output_tokens <= tokens_ &&
         pack.input_bytes() + next.inputs.length <= most_bytes;
}

void packer::close(std::deque<shipment>::iterator pack) {
  ready_.push_back(std::move(*pack));
  open_.erase(pack);
}

}  // namespace batchmill
