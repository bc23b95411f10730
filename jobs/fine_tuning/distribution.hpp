// Counts a quantity as it streams by: exact up to 4,095, to 1.6 % above, in a bounded place.
#pragma once

#include <cstdint>
#include <vector>

#include "batchmill/fine_tuning.hpp"

namespace batchmill::fine_tuning {

class spread {
 public:
  void add(std::int64_t value);
  void add(const spread& other);
  distribution facts() const;

 private:
  std::int64_t at_rank(double share) const;
  std::vector<distribution::bar> bars() const;

  std::vector<std::uint64_t> counts_;  // by slot
  std::uint64_t count_ = 0;
  std::int64_t least_ = 0;
  std::int64_t most_ = 0;
  std::int64_t sum_ = 0;
};

}  // namespace batchmill::fine_tuning
