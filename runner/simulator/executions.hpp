// How often each request was executed: what a test of "never paid twice" asks the simulator.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

namespace batchmill::simulator_detail {

class execution_counts {
 public:
  /// `request` tells requests apart: a hash of target and body. True when it was executed before.
  bool add(std::uint64_t request);

  /// {"executed":N,"distinct":N,"most":N}: all executions, requests among them, and how often the
  /// most frequent one was executed.
  std::string json() const;

 private:
  std::unordered_map<std::uint64_t, std::uint32_t> counts_;
  std::uint64_t executed_ = 0;
  std::uint32_t most_ = 0;
};

}  // namespace batchmill::simulator_detail
