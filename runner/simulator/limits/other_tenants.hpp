// The part of a limit that others take who share it: it swings as a sine does, with steps.
#pragma once

#include <cstdint>

#include "batchmill/simulation.hpp"

namespace batchmill::simulator_detail {

/// Times are seconds since the first request.
class other_tenants {
 public:
  other_tenants(const simulated_tenants& tenants, std::uint64_t seed);

  bool none() const { return most_ <= 0; }

  /// 0 to 1, at `time`.
  double share(double time) const;

  /// The share, summed up from `begin` to `end`: seconds.
  double total(double begin, double end) const;

 private:
  double step(double time) const;

  double most_;
  double middle_;
  double swing_;  // of the sine
  double rise_;   // of the steps
  double period_;
  double phase_;
  std::uint64_t seed_;
};

}  // namespace batchmill::simulator_detail
