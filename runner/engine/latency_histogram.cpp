#include "runner/engine/latency_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace batchmill {

void latency_histogram::add(duration d) {
  const auto signed_us = std::chrono::duration_cast<std::chrono::microseconds>(d).count();
  const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(0, signed_us));
  ++counts_[bucket_of(us)];
  ++count_;
  max_us_ = std::max(max_us_, us);
}

duration latency_histogram::percentile(double p) const {
  const auto rank = static_cast<std::uint64_t>(std::ceil(p * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    seen += counts_[bucket];
    if (seen >= rank && seen > 0) {
      return std::chrono::microseconds(std::min(upper_edge(bucket), max_us_));
    }
  }
  return duration::zero();
}

std::size_t latency_histogram::bucket_of(std::uint64_t us) {
  if (us < steps) return us;
  const auto power = static_cast<unsigned>(std::bit_width(us)) - 1;
  if (power >= powers) return steps * (powers - step_bits + 1) - 1;
  const std::uint64_t step = (us >> (power - step_bits)) - steps;
  return steps * (power - step_bits + 1) + step;
}

std::uint64_t latency_histogram::upper_edge(std::size_t bucket) {
  if (bucket < steps) return bucket;
  const std::size_t power = bucket / steps + step_bits - 1;
  const std::uint64_t step = bucket % steps + steps;
  return ((step + 1) << (power - step_bits)) - 1;
}

}  // namespace batchmill
