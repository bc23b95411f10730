// A batch that the server made besides the one which its part goes on with: its answer was lost,
// and it was listed too late to be found. What it may cost is held until it has ended.
#pragma once

#include <cstdint>
#include <string>

#include "batchmill/money.hpp"
#include "runner/batch/conductor.hpp"

namespace batchmill {

struct conductor::duplicate {
  duplicate() = default;

  std::string model;
  std::uint64_t requests = 0;  // at most, of those it may be billed for
  money most_cost;             // of these
  bool settled = false;        // it is accounted for
};

}  // namespace batchmill
