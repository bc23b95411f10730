// Chance that repeats: every draw follows from a seed and what was hashed into it.
#pragma once

#include <cstdint>
#include <string_view>

namespace batchmill::simulator_detail {

/// 64 well-mixed bits of `text`. The same on every machine of either byte order is not promised.
std::uint64_t hash_text(std::string_view text, std::uint64_t seed = 0);

/// Mixes two hashes into one.
std::uint64_t hash_pair(std::uint64_t a, std::uint64_t b);

/// A sequence of draws (splitmix64).
class dice {
 public:
  explicit dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();

  /// 0 <= x < `sides`; `sides` is not 0.
  std::uint64_t below(std::uint64_t sides) { return next() % sides; }

  /// 0 <= x < 1.
  double uniform();

  /// Normally distributed, mean 0, deviation 1.
  double normal();

 private:
  std::uint64_t state_;
};

}  // namespace batchmill::simulator_detail
