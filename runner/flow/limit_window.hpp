// Over what time does a server count? Found out from how its reset header moves.
#pragma once

#include <optional>

#include "batchmill/clock.hpp"
#include "runner/flow/response_headers.hpp"

namespace batchmill {

/// A bucket that is refilled all the time is full later the more was taken: its reset moves on with
/// the traffic. A fixed window ends when it ends.
class limit_window {
 public:
  void observe(const limit_headers& headers, time_point sent_at);

  /// Limits per day: nothing to be paced by the minute.
  bool daily() const { return daily_evidence_ > 1; }

  /// Nothing looks like a limit per day so far.
  bool by_the_minute() const { return daily_evidence_ <= 0; }

  /// The end of the present window, for a server that counts in fixed windows.
  std::optional<time_point> end(time_point now) const;

 private:
  void judge_the_day(const limit_headers& headers);
  void judge(time_point sent_at, time_point end);

  int daily_evidence_ = 0;  // > 1: a day, for one answer may look so by chance
  int fixed_evidence_ = 0;  // > 0: fixed
  std::optional<time_point> sample_at_;
  time_point sample_end_{};
  time_point end_{};
};

}  // namespace batchmill
