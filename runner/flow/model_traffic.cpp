#include "runner/flow/model_traffic.hpp"

#include <algorithm>

namespace batchmill {
namespace {

using namespace std::chrono_literals;

// After a refusal although the limits are known: a small step back, larger when it was not enough.
constexpr double first_depth = 0.01;
constexpr double deepest = 0.3;
constexpr duration plateau = 15s;  // from the cut back to the rate that failed
constexpr duration soon = 15s;     // two cuts nearer than this were too small

constexpr double guess_depth = 0.03;
constexpr duration guess_plateau = 8s;

// The server's own request for a slow ramp: "reduce your rate, hold it for 15 minutes, then
// increase it gradually" (the API's guide to errors, on 503 Slow Down).
constexpr double slow_down_depth = 0.5;
constexpr duration slow_down_plateau = 15min;

// Some services refuse a few requests whatever the rate. Where limits are known, so few refusals
// can cost so much of the rate; where none are, they are no sign of a limit.
constexpr double smoothing = 1.0 / 500;
constexpr double stray_share = 0.03;
constexpr double stray_share_of_known = 0.05;
constexpr unsigned no_strays_any_more = 4;  // refusals in a row

// Slow traffic above its limit is refused one by one. While more is tried, a few soon tell.
constexpr double smoothing_lately = 1.0 / 30;
constexpr double share_of_probes = 0.1;

constexpr double least_trust(double refused_share) {
  return 0.9 - 10 * refused_share;
}

constexpr duration first_pause = 200ms;
constexpr duration at_once = 1s;
constexpr duration most_obeyed = 24h;

}  // namespace

model_traffic::model_traffic(const limits_spec& limits, duration longest_pause)
    : rate_(limits), concurrency_(limits.concurrency), longest_pause_(longest_pause) {}

departure model_traffic::depart(const token_estimate& estimate, let_in_by waited_for,
                                time_point now) {
  departure sent;
  sent.at = now;
  sent.waited_for = waited_for;
  sent.receipt = rate_.take(estimate, now);
  concurrency_.acquire();
  return sent;
}

void model_traffic::arrive(const departure& sent, const traffic_report& report, time_point now) {
  if (report.responded) {
    learn(sent, report, now);
  } else {
    rate_.answered(sent.receipt, std::nullopt, now);
    concurrency_.failed(now);
  }
  concurrency_.release();
}

void model_traffic::learn(const departure& sent, const traffic_report& report, time_point now) {
  rate_.observe(report.limits, sent.receipt, now);
  rate_.answered(sent.receipt, report.use, now);
  const bool is_refused = report.kind == answer_kind::rate_limited;
  refused_share_ += smoothing * ((is_refused ? 1 : 0) - refused_share_);
  lately_refused_ += smoothing_lately * ((is_refused ? 1 : 0) - lately_refused_);
  refusals_in_a_row_ = is_refused ? refusals_in_a_row_ + 1 : 0;
  switch (report.kind) {
    case answer_kind::rate_limited:
      return refused(sent, report, now);
    case answer_kind::overloaded:
      concurrency_.overloaded(sent.at, now);
      if (report.slow_down) slow_down(sent, now);
      if (report.wait) pause(report.wait, now);
      return;
    case answer_kind::transient:
      return concurrency_.failed(now);
    case answer_kind::success:
    case answer_kind::row_failed:
    case answer_kind::unreachable:  // never responded
    case answer_kind::run_stopped:
    case answer_kind::unexpected:
      break;
  }
  delivered_.accepted(sent.at);
  if (!episode_ || sent.at > *episode_) episodes_in_a_row_ = 0;
  if (rate_.paces_requests()) concurrency_.leave_it_to_the_rate();
  concurrency_.succeeded(now - sent.at, !rate_.knows_limits(), now);
}

/// All refusals of requests that were sent before the last cut belong to its episode.
void model_traffic::refused(const departure& sent, const traffic_report& report, time_point now) {
  if (report.wait) pause(report.wait, now);
  const bool is_stray = may_be_stray(now);
  if (is_stray && !rate_.knows_limits()) return;
  const bool new_episode = !episode_ || sent.at > *episode_;
  const bool by_rate = rate_.knows_limits() || rate_is_to_blame(sent, now);
  if (!by_rate) concurrency_.refused(now);
  if (new_episode) start_episode(by_rate, now);
  if (new_episode && !is_stray) ++episodes_in_a_row_;
  if (!report.wait && new_episode && by_rate && !is_stray) pause(report.wait, now);
}

void model_traffic::start_episode(bool by_rate, time_point now) {
  if (rate_.knows_limits()) {
    limits_were_too_high(now);
  } else {
    const bool still_empty = !delivered_.accepted_any();
    const auto measured = delivered_.refused(now);
    if (measured) delivered_per_minute_ = *measured;
    if (by_rate && !still_empty) guess_rate(measured.has_value(), now);
  }
  episode_ = now;
  if (!rate_.knows_limits()) refused_share_ = lately_refused_ = 0;
}

bool model_traffic::may_be_stray(time_point now) const {
  if (!rate_.knows_limits() && rate_.probes(now) && lately_refused_ > share_of_probes) return false;
  if (refusals_in_a_row_ >= no_strays_any_more) return false;
  return refused_share_ < (rate_.knows_limits() ? stray_share_of_known : stray_share);
}

/// Where no limits are known, the one that let the request in was too high. When fewer in flight
/// are still too many, it is the rate.
bool model_traffic::rate_is_to_blame(const departure& sent, time_point now) const {
  if (sent.waited_for == let_in_by::rate) return true;
  return episode_ && sent.at > *episode_ && now - *episode_ < at_once;
}

void model_traffic::slow_down(const departure& sent, time_point now) {
  if (episode_ && sent.at <= *episode_) return;
  episode_ = now;
  rate_.cut(slow_down_depth, slow_down_plateau, now);
}

void model_traffic::limits_were_too_high(time_point now) {
  const bool again = episode_ && now - *episode_ < soon;
  depth_ = std::clamp(again ? depth_ * 2 : depth_ / 2, first_depth, deepest);
  rate_.cut(depth_, plateau, now, least_trust(refused_share_));
}

void model_traffic::guess_rate(bool measured_anew, time_point now) {
  if (delivered_per_minute_ <= 0) return;
  if (measured_anew || !rate_.assumes()) {
    rate_.assume(delivered_per_minute_, guess_depth, guess_plateau, now);
  } else {
    rate_.cut(deepest, guess_plateau, now);
  }
}

/// Where the server names no wait, each episode without a success doubles it.
void model_traffic::pause(const std::optional<duration>& wait, time_point now) {
  duration length = first_pause;
  for (unsigned n = 1; n < episodes_in_a_row_ && length < longest_pause_; ++n) length *= 2;
  const duration asked = wait.value_or(std::min(length, longest_pause_));
  rate_.pause_until(now + std::min(asked, most_obeyed), now);
}

}  // namespace batchmill
