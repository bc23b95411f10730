#include "runner/simulator/executions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace batchmill::simulator_detail {

bool execution_counts::add(std::uint64_t request) {
  ++executed_;
  const auto times = ++counts_[request];
  most_ = std::max(most_, times);
  return times > 1;
}

std::string execution_counts::json() const {
  return fmt::format(R"({{"executed":{},"distinct":{},"most":{}}})", executed_, counts_.size(),
                     most_);
}

}  // namespace batchmill::simulator_detail
