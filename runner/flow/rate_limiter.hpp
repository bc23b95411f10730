// When may the next request of a model go? Requests and tokens per minute, the server's own word
// about them, and the pause that a 429 asks for.
#pragma once

#include <cstdint>
#include <optional>

#include "batchmill/clock.hpp"
#include "batchmill/job_spec.hpp"
#include "runner/flow/paced_bucket.hpp"
#include "runner/flow/response_headers.hpp"

namespace batchmill {

/// What keeps the next request waiting?
enum class rate_hold {
  none,      // it may go
  requests,  // requests per minute
  tokens,    // tokens per minute
  pause,     // a 429 told all to wait
};

class rate_limiter {
 public:
  explicit rate_limiter(const limits_spec& spec);

  struct verdict {
    time_point at{};  // not before
    rate_hold why = rate_hold::none;
  };

  /// Pure: asks without taking.
  verdict next(time_point now) const;

  void take(double tokens, time_point now);

  /// The answer is in: what it really used takes the place of what was estimated.
  void settle(double estimated_tokens, double used_tokens);

  /// The attempt was not counted by the server, or will be sent anew: its tokens are given back.
  void refund(double estimated_tokens);

  void observe(const rate_headers& headers, time_point now);

  /// A 429: all wait; the rate is cut once for all refusals of requests sent before the cut.
  void refused(duration wait, time_point sent_at, time_point now);

  double requests_per_minute() const { return requests_.bucket.per_minute(); }
  double tokens_per_minute() const { return tokens_.bucket.per_minute(); }

 private:
  struct dimension {
    explicit dimension(std::optional<double> upper_bound) : bound(upper_bound) {}

    std::optional<double> bound;    // the user's
    std::optional<double> learned;  // the server's
    double level = 1;               // part of the server's bucket that is left
    paced_bucket bucket;
  };

  void learn(dimension& d, const limit_headers& headers);
  void set_rates(time_point now);
  double rate_of(const dimension& d) const;

  double share_;
  double trust_ = 1;  // cut by refusals, grows back with time
  time_point trust_since_{};
  std::optional<time_point> last_cut_;
  time_point paused_until_{};
  dimension requests_;
  dimension tokens_;
};

}  // namespace batchmill
