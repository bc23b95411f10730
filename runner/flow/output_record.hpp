// How long answers are, for requests that do not bound them. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

namespace batchmill {

class output_record {
 public:
  void add(std::int64_t tokens) {
    ++answers_;
    longest_ = std::max(longest_, tokens);
  }

  /// More than any answer so far had; `limit`, the model's own, while there were few.
  std::int64_t expect_at_most(std::int64_t limit) const {
    constexpr std::uint64_t few = 50;
    if (answers_ < few) return limit;
    return std::min(limit, 2 * longest_ + 64);
  }

 private:
  std::uint64_t answers_ = 0;
  std::int64_t longest_ = 0;
};

}  // namespace batchmill
