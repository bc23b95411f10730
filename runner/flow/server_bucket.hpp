// A rate limit as the server keeps it, known from its headers only: how much is left now, and how
// fast may it be used?
#pragma once

#include <optional>

#include "batchmill/clock.hpp"
#include "runner/flow/limit_window.hpp"
#include "runner/flow/response_headers.hpp"

namespace batchmill {

/// Headers are old when they arrive: they describe the moment in which the request was admitted. So
/// the level of now is predicted (what was said, plus what has flowed in, less what was sent since)
/// and each answer corrects the prediction by how wrong it was at that request's sending.
class server_bucket {
 public:
  /// What was expected right after a request was sent.
  struct mark {
    double level = 0;
    double corrections = 0;
    time_point at{};
  };

  /// Nothing is known until a header states a limit.
  bool known() const { return limit_ > 0; }

  /// Units per minute, or per day.
  double limit() const { return limit_; }
  bool daily() const { return window_.daily(); }
  bool by_the_minute() const { return known() && window_.by_the_minute(); }

  /// Returns how far off the prediction was, in units; nothing for the first answer.
  std::optional<double> observe(const limit_headers& headers, const mark& sent, time_point now);

  mark take(double units, time_point now);

  /// An earlier take was too large by so much, or too small when negative.
  void give_back(double units, time_point now);

  /// Is less than half of it left?
  bool scarce(time_point now) const { return known() && level_at(now) < capacity_ / 2; }

  /// Units per minute at which to go on, so that the bucket is used and never empty.
  double advised_rate(time_point now) const;

 private:
  void correct(double units);
  void set_limit(double limit, time_point now);
  double full_level(double remaining, duration until_full) const;
  double refill_per_second() const;
  double level_at(time_point now) const;
  void advance(time_point now);

  limit_window window_;
  double limit_ = 0;     // per minute or per day, as stated
  double capacity_ = 0;  // the highest level seen
  double level_ = 0;
  double corrections_ = 0;  // sum of all that were made
  time_point level_of_{};
  double usual_ = 1;  // units of a request, smoothed
  double age_ = 0;    // of headers when they arrive, seconds, smoothed
};

}  // namespace batchmill
