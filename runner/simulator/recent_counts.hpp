// Counts per hash, remembering the most recent ones: memory stays bounded however long a run is.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>

namespace batchmill::simulator_detail {

class recent_counts {
 public:
  explicit recent_counts(std::size_t remembered = 500'000) : generation_(remembered / 2) {}

  std::uint64_t count(std::uint64_t hash) const {
    if (const auto found = young_.find(hash); found != young_.end()) return found->second;
    const auto found = old_.find(hash);
    return found == old_.end() ? 0 : found->second;
  }

  void increment(std::uint64_t hash) {
    const auto before = count(hash);
    // The older half is forgotten when the younger is full.
    if (young_.size() >= generation_ && !young_.contains(hash)) old_ = std::exchange(young_, {});
    young_[hash] = before + 1;
  }

  std::size_t size() const { return young_.size() + old_.size(); }

 private:
  std::size_t generation_;
  std::unordered_map<std::uint64_t, std::uint64_t> young_;
  std::unordered_map<std::uint64_t, std::uint64_t> old_;
};

}  // namespace batchmill::simulator_detail
