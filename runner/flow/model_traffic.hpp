// The traffic to one model: what may go out, and what its answers teach. All of it is pure.
#pragma once

#include <cstdint>
#include <optional>

#include "batchmill/clock.hpp"
#include "batchmill/job.hpp"
#include "batchmill/job_spec.hpp"
#include "runner/flow/concurrency_limiter.hpp"
#include "runner/flow/delivery_rate.hpp"
#include "runner/flow/rate_limiter.hpp"

namespace batchmill {

/// What let a request wait before it went out; where it is refused, that limit was too high.
enum class let_in_by {
  room,         // it did not wait
  rate,         // when the rate allowed it
  concurrency,  // when another was answered
};

/// Kept with a request while it is under way.
struct departure {
  departure() = default;

  time_point at{};
  let_in_by waited_for = let_in_by::room;
  rate_receipt receipt;
};

/// What the answer says about the traffic.
struct traffic_report {
  traffic_report() = default;

  answer_kind kind = answer_kind::success;
  bool responded = true;   // false: the network failed
  bool slow_down = false;  // the server asks for a slower growth
  rate_headers limits;
  std::optional<token_use> use;
  std::optional<duration> wait;  // that the server asks for
};

class model_traffic {
 public:
  model_traffic(const limits_spec& limits, duration longest_pause);

  bool has_room() const { return concurrency_.has_room(); }
  rate_limiter::verdict next(time_point now) { return rate_.next(now); }

  departure depart(const token_estimate& estimate, let_in_by waited_for, time_point now);

  /// Learns from the answer and gives the slot back.
  void arrive(const departure& sent, const traffic_report& report, time_point now);

  const rate_limiter& rate() const { return rate_; }
  const concurrency_limiter& concurrency() const { return concurrency_; }

 private:
  void learn(const departure& sent, const traffic_report& report, time_point now);
  void refused(const departure& sent, const traffic_report& report, time_point now);
  void limits_were_too_high(time_point now);
  void start_episode(bool by_rate, time_point now);
  void slow_down(const departure& sent, time_point now);
  bool may_be_stray(time_point now) const;
  bool rate_is_to_blame(const departure& sent, time_point now) const;
  void guess_rate(bool measured_anew, time_point now);
  void pause(const std::optional<duration>& wait, time_point now);

  rate_limiter rate_;
  concurrency_limiter concurrency_;
  delivery_rate delivered_;
  double delivered_per_minute_ = 0;
  duration longest_pause_;
  double depth_ = 0;                   // of the last cut
  std::optional<time_point> episode_;  // the last cut's time
  double refused_share_ = 0;           // of the last answers, smoothed
  double lately_refused_ = 0;          // of fewer of them
  unsigned refusals_in_a_row_ = 0;
  unsigned episodes_in_a_row_ = 0;  // without a success between them
};

}  // namespace batchmill
