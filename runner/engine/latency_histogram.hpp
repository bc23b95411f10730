// Percentiles of durations in fixed memory: buckets that grow with the value, 1.6 % wide.
#pragma once

#include <array>
#include <cstdint>

#include "batchmill/clock.hpp"

namespace batchmill {

class latency_histogram {
 public:
  void add(duration d);

  /// The value below which the share `p` of all lies, at most 1.6 % too high; zero when empty.
  duration percentile(double p) const;
  duration max() const { return std::chrono::microseconds(max_us_); }
  std::uint64_t count() const { return count_; }

 private:
  // As HdrHistogram does it: per power of two, so many equal steps.
  static constexpr unsigned step_bits = 6;
  static constexpr unsigned steps = 1U << step_bits;
  static constexpr unsigned powers = 40;  // 2^40 us are 12 days

  static std::size_t bucket_of(std::uint64_t us);
  static std::uint64_t upper_edge(std::size_t bucket);

  std::array<std::uint64_t, steps*(powers - step_bits + 1)> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_us_ = 0;
};

}  // namespace batchmill
