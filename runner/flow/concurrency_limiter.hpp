// How many requests of a model may be in flight? Found by trying, up to the user's bound.
#pragma once

#include <cstdint>
#include <optional>

#include "batchmill/clock.hpp"
#include "runner/flow/knee_search.hpp"
#include "runner/flow/recovery_curve.hpp"

namespace batchmill {

/// With a bound it starts there: the user knows the server. Without one it doubles per round trip
/// (slow start, Jacobson 1988) until the server is overloaded or more requests no longer bring more
/// answers. After a cut it comes back as CUBIC does (RFC 9438).
class concurrency_limiter {
 public:
  explicit concurrency_limiter(std::optional<unsigned> bound);

  unsigned limit() const { return static_cast<unsigned>(limit_); }
  bool has_room() const { return in_flight_ < limit(); }
  unsigned in_flight() const { return in_flight_; }

  void acquire() { ++in_flight_; }
  void release() { --in_flight_; }

  /// The server states its limits of rate: they say how much it takes, nothing need be tried.
  void leave_it_to_the_rate();

  /// The four below concern an answer whose slot is still taken.

  /// `search`: nothing but the latency tells when it is enough, for the server states no limits.
  void succeeded(duration latency, bool search, time_point now);

  /// 5xx: no reason to go back, but, when they are not stray, none to grow either.
  void failed(time_point now);

  /// 503 and its like. A stray one changes nothing; `sent_at` tells whether the attempt was under
  /// way when the last cut was made.
  void overloaded(time_point sent_at, time_point now);

  /// The server refuses more than it has: what is in flight besides is what it takes.
  void refused(time_point now);

 private:
  void grow(time_point now);
  void go_on_below(double ceiling, double depth, time_point now);

  double largest_;
  bool slow_start_;
  double overload_share_ = 0;  // of the last answers, smoothed
  double failed_share_ = 0;    // likewise
  double limit_;
  unsigned in_flight_ = 0;
  knee_search knee_;
  recovery_curve curve_;
  std::optional<time_point> last_cut_;
  time_point grows_from_{};
};

}  // namespace batchmill
