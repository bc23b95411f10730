// Which hashes were seen: eight bytes for each, half of them free.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace batchmill {

class hash_set {
 public:
  /// False when it was there already.
  bool insert(std::uint64_t hash) {
    if (hash == 0) return !std::exchange(has_zero_, true);
    if (2 * (size_ + 1) > slots_.size()) grow();
    std::uint64_t& slot = slot_of(hash);
    if (slot == hash) return false;
    slot = hash;
    ++size_;
    return true;
  }

 private:
  std::uint64_t& slot_of(std::uint64_t hash) {
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at] != 0 && slots_[at] != hash) at = (at + 1) & (slots_.size() - 1);
    return slots_[at];
  }

  void grow() {
    const std::vector<std::uint64_t> old = std::exchange(
        slots_, std::vector<std::uint64_t>(slots_.empty() ? 1024 : 2 * slots_.size()));
    for (const std::uint64_t hash : old) {
      if (hash != 0) slot_of(hash) = hash;
    }
  }

  std::vector<std::uint64_t> slots_;  // a power of two; 0: free
  std::size_t size_ = 0;
  bool has_zero_ = false;
};

}  // namespace batchmill
