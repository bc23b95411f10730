// Remembers the examples of a file by hashes, to find those that come again: 16 bytes each, in a
// table that is half to nearly full.
#pragma once

#include <cstdint>
#include <vector>

namespace batchmill::fine_tuning {

class seen_rows {
 public:
  struct place {
    std::uint64_t line = 0;  // of the first that is alike; 0: there was none
    bool exact = false;
  };

  /// `words` is the hash of its words, `exact` that of the example itself.
  place add(std::uint64_t words, std::uint64_t exact, std::uint64_t line);
  place find(std::uint64_t words, std::uint64_t exact) const;

 private:
  struct entry {
    std::uint64_t words = 0;
    std::uint32_t exact = 0;
    std::uint32_t line = 0;  // 0: the entry is free
  };

  const entry& slot_of(std::uint64_t words) const;
  void grow();

  std::vector<entry> entries_;
  std::size_t count_ = 0;
};

}  // namespace batchmill::fine_tuning
