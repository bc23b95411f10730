// How long to wait between two looks at the batches. Pure.
#pragma once

#include <algorithm>

#include "batchmill/clock.hpp"

namespace batchmill {

class poll_pace {
 public:
  explicit poll_pace(duration first) : first_(first), wait_(first) {}

  /// Until the next look. `random` is in [0, 1): the waits of many programs spread.
  duration next(double random) {
    const duration now = wait_;
    wait_ = std::min(std::chrono::duration_cast<duration>(wait_ * growth), first_ * most);
    return std::chrono::duration_cast<duration>(now * (1 - spread / 2 + spread * random));
  }

  /// Something moved: more may follow soon.
  void restart() { wait_ = first_; }

 private:
  static constexpr double growth = 1.3;
  static constexpr double spread = 0.2;
  static constexpr int most = 12;

  duration first_;
  duration wait_;
};

}  // namespace batchmill
