// At what rate does a server that states no limits really answer?
#pragma once

#include <cstdint>
#include <optional>

#include "batchmill/clock.hpp"

namespace batchmill {

/// Counts what was accepted between two refusals. A server refuses when its allowance is used up,
/// so between two such moments it gave out exactly what flowed in.
class delivery_rate {
 public:
  void accepted(time_point sent_at);

  bool accepted_any() const { return accepted_ > 0; }

  /// A refusal that begins an episode. Returns requests per minute since the last one, or nothing
  /// when that was too short ago to be measured, or nothing was accepted since.
  std::optional<double> refused(time_point now);

 private:
  std::uint64_t accepted_ = 0;
  std::optional<time_point> since_;
};

}  // namespace batchmill
