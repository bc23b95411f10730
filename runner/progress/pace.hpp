// Lets something happen at most once in every interval of a run's own time.
#pragma once

#include "batchmill/clock.hpp"

namespace batchmill {

class pace {
 public:
  /// `first`: not before so much of the run has passed.
  explicit pace(duration every, duration first = duration::zero()) : every_(every), next_(first) {}

  /// True when it is time. The next time is a whole multiple of the interval, so that lines come at
  /// 10 s, 20 s, 30 s however late each one is asked for.
  bool due(duration elapsed) {
    if (elapsed < next_) return false;
    next_ = (elapsed / every_ + 1) * every_;
    return true;
  }

 private:
  duration every_;
  duration next_;
};

}  // namespace batchmill
