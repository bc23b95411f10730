#include "runner/simulator/executions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace batchmill::simulator_detail {

void execution_counts::add(std::uint64_t request) {
  ++executed_;
  most_ = std::max(most_, ++counts_[request]);
}

std::string execution_counts::json() const {
  return fmt::format(R"({{"executed":{},"distinct":{},"most":{}}})", executed_, counts_.size(),
                     most_);
}

}  // namespace batchmill::simulator_detail
