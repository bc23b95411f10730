// Do more requests in flight still bring more answers?
#pragma once

#include <cstdint>
#include <optional>

#include "batchmill/clock.hpp"

namespace batchmill {

/// Hill climbing on the throughput (as .NET's thread pool does it: Hellerstein, Morrison and
/// Eilebrecht, "Optimizing Concurrency Levels in the .NET ThreadPool", 2008). The throughput of a
/// limit follows from Little's law: limit / mean latency. Beyond the knee the latency grows with
/// the limit and the throughput does not.
class knee_search {
 public:
  struct advice {
    bool hold = false;            // do not grow
    std::optional<double> limit;  // go back to it
  };

  /// One success, while the limit was what held the run back (`binding`) or was not.
  advice answered(duration latency, double limit, bool binding, time_point now);

 private:
  struct level {
    double limit = 0;
    double latency = 0;  // mean, seconds
  };

  advice judge(const level& present, time_point now);

  std::optional<level> reference_;
  double begun_at_ = 0;  // the limit with which the present mean began
  double sum_ = 0;
  std::uint64_t count_ = 0;
  duration hold_{};
  time_point held_until_{};
};

}  // namespace batchmill
