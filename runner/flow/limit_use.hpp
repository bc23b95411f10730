// How much of a limit was used?
#pragma once

#include <optional>

#include "batchmill/clock.hpp"

namespace batchmill {

/// One limit of one model, for the summary.
struct limit_use {
  limit_use() = default;

  bool tokens = false;    // of tokens per minute; else of requests per minute
  double per_minute = 0;  // as it is now
  double allowed = 0;     // units, from the first request to the last
  double used = 0;        // units
};

/// Adds up what was allowed, at a rate that may change, and what was taken.
class use_meter {
 public:
  /// Units were taken while so many a minute were allowed (infinite: no limit known).
  void take(double units, double per_minute, time_point now);

  /// An earlier take turned out larger, or smaller when negative.
  void correct(double units) { used_ += units; }

  /// Nothing while no limit was known.
  std::optional<limit_use> use() const;

 private:
  double per_minute_ = 0;
  double allowed_ = 0;
  double used_ = 0;
  std::optional<time_point> last_;
};

}  // namespace batchmill
