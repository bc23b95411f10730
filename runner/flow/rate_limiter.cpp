#include "runner/flow/rate_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace batchmill {
namespace {

constexpr double unlimited = paced_bucket::unlimited;
constexpr double slowest_trust = 0.02;

double stated(const server_bucket& bucket, time_point now) {
  return bucket.known() ? bucket.advised_rate(now) : unlimited;
}

double stated_limit(const server_bucket& bucket) {
  return bucket.known() && !bucket.daily() ? bucket.limit() : unlimited;
}

}  // namespace

rate_limiter::rate_limiter(const limits_spec& spec) : spec_(spec) {
  set_rates(time_point{});
}

rate_limiter::verdict rate_limiter::next(time_point now) {
  follow_time(now);
  verdict v{now, rate_hold::none};
  const auto later = [&v](time_point at, rate_hold why) {
    if (at > v.at) v = verdict{at, why};
  };
  later(paused_until_, rate_hold::pause);
  later(request_pace_.ready_at(), requests_.daily() ? rate_hold::day : rate_hold::requests);
  later(token_pace_.ready_at(), rate_hold::tokens);
  return v;
}

rate_receipt rate_limiter::take(const token_estimate& estimate, time_point now) {
  follow_time(now);
  rate_receipt sent;
  sent.estimate = estimate;
  sent.paid = tokens_.cost(estimate);
  sent.requests = requests_.take(1, now);
  sent.tokens = tokens_.take(estimate, now);
  sent.project = project_tokens_.take(sent.paid, now);
  request_pace_.take(1, now);
  token_pace_.take(sent.paid, now);
  const double assumed = assumed_.value_or(unlimited);
  request_use_.take(1, spec_.share * std::min(request_limit(), assumed), now);
  token_use_.take(sent.paid, spec_.share * token_limit_per_minute(), now);
  return sent;
}

void rate_limiter::observe(const rate_headers& headers, const rate_receipt& sent, time_point now) {
  requests_.observe(headers.requests, sent.requests, now);
  tokens_.observe(headers.tokens, sent.tokens, now);
  project_tokens_.observe(headers.project_tokens, sent.project, now);
  set_rates(now);
}

void rate_limiter::answered(const rate_receipt& sent, const std::optional<token_use>& use,
                            time_point now) {
  const double cost = use ? tokens_.cost(sent.estimate, *use) : 0;
  tokens_.answered(sent.estimate, use, now);
  project_tokens_.give_back(sent.paid - cost, now);
  token_pace_.correct(cost - sent.paid);
  token_use_.correct(cost - sent.paid);
}

void rate_limiter::pause_until(time_point t, time_point now) {
  const time_point from = std::max(now, paused_until_);
  if (t <= from) return;
  trust_.delay(t - from);
  paused_until_ = t;
  request_pace_.begin_at(t);
  token_pace_.begin_at(t);
  set_rates(now);
}

void rate_limiter::cut(double depth, duration plateau, time_point now, double least) {
  const double present = std::max(slowest_trust, trust(now));
  const double allowed_depth = std::max(0.0, 1 - least / present);
  trust_.cut(present, std::min(depth, allowed_depth), plateau, now);
  set_rates(now);
}

void rate_limiter::assume(double requests_per_minute, double depth, duration plateau,
                          time_point now) {
  assumed_ = requests_per_minute;
  trust_.cut(1, depth, plateau, now);
  set_rates(now);
}

bool rate_limiter::knows_limits() const {
  return std::isfinite(request_limit()) || std::isfinite(token_limit_per_minute());
}

bool rate_limiter::tokens_are_scarce(time_point now) const {
  return spec_.tokens_per_minute || tokens_.scarce(now) || project_tokens_.scarce(now);
}

bool rate_limiter::paces_requests() const {
  return spec_.requests_per_minute || spec_.tokens_per_minute || requests_.by_the_minute() ||
         tokens_.by_the_minute() || project_tokens_.by_the_minute();
}

double rate_limiter::request_limit() const {
  return std::min(spec_.requests_per_minute.value_or(unlimited), stated_limit(requests_));
}

double rate_limiter::token_limit_per_minute() const {
  const double own = tokens_.known() && !tokens_.daily() ? tokens_.limit() : unlimited;
  return std::min(
      {spec_.tokens_per_minute.value_or(unlimited), own, stated_limit(project_tokens_)});
}

double rate_limiter::requests_per_minute(time_point now) const {
  const double limit =
      std::min(spec_.requests_per_minute.value_or(unlimited), stated(requests_, now));
  const double assumed = assumed_.value_or(unlimited);
  return spec_.share * trust(now) * std::min(limit, assumed);
}

double rate_limiter::tokens_per_minute(time_point now) const {
  const double own = tokens_.known() ? tokens_.advised_rate(now) : unlimited;
  return spec_.share * trust(now) *
         std::min({spec_.tokens_per_minute.value_or(unlimited), own, stated(project_tokens_, now)});
}

/// The part of the limits that is used; above 1 only where the limit is our own guess.
double rate_limiter::trust(time_point now) const {
  const double value = std::max(slowest_trust, trust_.at(now, 1));
  return assumed_ ? value : std::min(1.0, value);
}

/// Time alone changes the rates slowly, and this is asked for each row.
void rate_limiter::follow_time(time_point now) {
  constexpr auto noticeable = std::chrono::microseconds(100);
  if (now < rates_of_ || now - rates_of_ >= noticeable) set_rates(now);
}

void rate_limiter::set_rates(time_point now) {
  rates_of_ = now;
  request_pace_.set_rate(requests_per_minute(now), now);
  token_pace_.set_rate(tokens_per_minute(now), now);
}

std::vector<limit_use> rate_limiter::use() const {
  std::vector<limit_use> all;
  if (const auto requests = request_use_.use()) all.push_back(*requests);
  if (const auto tokens = token_use_.use()) {
    all.push_back(*tokens);
    all.back().tokens = true;
  }
  return all;
}

}  // namespace batchmill
