// When may the next request of a model go? Requests and tokens per minute, the server's own word
// about them, and what its refusals teach.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "batchmill/clock.hpp"
#include "batchmill/job_spec.hpp"
#include "runner/flow/limit_use.hpp"
#include "runner/flow/paced_bucket.hpp"
#include "runner/flow/recovery_curve.hpp"
#include "runner/flow/response_headers.hpp"
#include "runner/flow/server_bucket.hpp"
#include "runner/flow/token_limit.hpp"

namespace batchmill {

/// What keeps the next request waiting?
enum class rate_hold {
  none,      // it may go
  requests,  // requests per minute
  tokens,    // tokens per minute
  day,       // requests per day
  pause,     // a refusal told all to wait
};

/// What was taken and expected when a request went out. Answers are compared with it.
struct rate_receipt {
  rate_receipt() = default;

  token_estimate estimate;
  double paid = 0;  // tokens
  server_bucket::mark requests;
  token_limit::marks tokens;
  server_bucket::mark project;
};

class rate_limiter {
 public:
  explicit rate_limiter(const limits_spec& spec);

  struct verdict {
    time_point at{};  // not before
    rate_hold why = rate_hold::none;
  };

  /// Asks without taking. The answer can change for the better without any event, when a bucket
  /// that was low fills up again: ask at least once a second.
  verdict next(time_point now);

  rate_receipt take(const token_estimate& estimate, time_point now);

  /// The answer's headers. Call before `answered`.
  void observe(const rate_headers& headers, const rate_receipt& sent, time_point now);

  /// What the request really used takes the place of what was reserved; nothing when it failed.
  void answered(const rate_receipt& sent, const std::optional<token_use>& use, time_point now);

  /// Nobody may go before.
  void pause_until(time_point t, time_point now);

  /// A refusal although the limits are known: they are enforced more strictly than they are stated.
  /// `depth` is the part of the rate to give up for a while; never more is given up than leaves
  /// `least` of the limits.
  void cut(double depth, duration plateau, time_point now, double least = 0);

  /// A refusal by a server that states no limits: it seems to allow so many requests a minute.
  void assume(double requests_per_minute, double depth, duration plateau, time_point now);

  bool assumes() const { return assumed_.has_value(); }

  /// Is more being tried than the assumed rate?
  bool probes(time_point now) const { return assumed_ && trust_.at(now, 1) > 1; }

  /// Are there limits per minute, given or stated, that explain a refusal?
  bool knows_limits() const;

  /// Is there one that counts tokens, given or less than half full?
  bool tokens_are_scarce(time_point now) const;

  /// Do they say how much the server takes at a time, so that nothing need be tried? Limits that
  /// may turn out to be a day's do not.
  bool paces_requests() const;

  double requests_per_minute(time_point now) const;
  double tokens_per_minute(time_point now) const;

  token_rule rule() const { return tokens_.rule(); }

  /// How much of each known limit was used so far.
  std::vector<limit_use> use() const;

 private:
  double request_limit() const;           // a minute, given or stated
  double token_limit_per_minute() const;  // likewise
  double trust(time_point now) const;
  void follow_time(time_point now);
  void set_rates(time_point now);

  limits_spec spec_;
  time_point rates_of_{};  // when they were set
  server_bucket requests_;
  token_limit tokens_;
  server_bucket project_tokens_;
  paced_bucket request_pace_;
  paced_bucket token_pace_;
  std::optional<double> assumed_;  // requests per minute
  recovery_curve trust_;
  time_point paused_until_{};
  use_meter request_use_;
  use_meter token_use_;
};

}  // namespace batchmill
