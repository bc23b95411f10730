#include "runner/flow/rate_limiter.hpp"

#include <algorithm>

namespace batchmill {
namespace {

// Below this part of the server's bucket the rate follows the level, so that a bucket which drains
// (other tenants, another way of counting) settles at a level above empty instead of refusing.
constexpr double comfortable_level = 0.1;
constexpr double slowest = 0.1;

// A window that is not a minute (limits per day) says nothing about the rate of a minute.
constexpr auto longest_minute = std::chrono::minutes(2);

constexpr double refusal_cut = 0.9;
constexpr auto recovery = std::chrono::seconds(30);  // from a cut back to the full rate

/// The time in which the server refills its whole bucket, when the headers tell.
std::optional<duration> window_of(const limit_headers& headers) {
  if (!headers.remaining || !headers.reset) return std::nullopt;
  const double used = 1 - *headers.remaining / *headers.limit;
  if (used <= 0) return std::nullopt;
  return std::chrono::duration_cast<duration>(*headers.reset / used);
}

}  // namespace

rate_limiter::rate_limiter(const limits_spec& spec)
    : share_(spec.share), requests_(spec.requests_per_minute), tokens_(spec.tokens_per_minute) {
  set_rates(time_point{});
}

rate_limiter::verdict rate_limiter::next(time_point now) const {
  verdict v{now, rate_hold::none};
  const auto later = [&v](time_point at, rate_hold why) {
    if (at > v.at) v = verdict{at, why};
  };
  later(requests_.bucket.ready_at(), rate_hold::requests);
  later(tokens_.bucket.ready_at(), rate_hold::tokens);
  later(paused_until_, rate_hold::pause);
  return v;
}

void rate_limiter::take(double tokens, time_point now) {
  set_rates(now);
  requests_.bucket.take(1, now);
  tokens_.bucket.take(tokens, now);
}

void rate_limiter::settle(double estimated_tokens, double used_tokens) {
  tokens_.bucket.correct(used_tokens - estimated_tokens);
}

void rate_limiter::refund(double estimated_tokens) {
  tokens_.bucket.correct(-estimated_tokens);
}

void rate_limiter::observe(const rate_headers& headers, time_point now) {
  learn(requests_, headers.requests);
  learn(tokens_, headers.tokens);
  set_rates(now);
}

void rate_limiter::refused(duration wait, time_point sent_at, time_point now) {
  paused_until_ = std::max(paused_until_, now + wait);
  if (last_cut_ && sent_at < *last_cut_) return;
  last_cut_ = now;
  trust_ = std::max(slowest, trust_ * refusal_cut);
  trust_since_ = paused_until_;
  set_rates(now);
}

void rate_limiter::learn(dimension& d, const limit_headers& headers) {
  if (!headers.limit || *headers.limit <= 0) return;
  const auto window = window_of(headers);
  if (!window || *window <= longest_minute) d.learned = *headers.limit;
  if (headers.remaining) d.level = std::clamp(*headers.remaining / *headers.limit, 0.0, 1.0);
}

void rate_limiter::set_rates(time_point now) {
  if (trust_ < 1 && now > trust_since_) {
    const auto passed = std::chrono::duration<double>(now - trust_since_);
    trust_ = std::min(1.0, trust_ + passed / recovery * (1 - refusal_cut));
    trust_since_ = now;
  }
  requests_.bucket.set_rate(rate_of(requests_));
  tokens_.bucket.set_rate(rate_of(tokens_));
}

double rate_limiter::rate_of(const dimension& d) const {
  const double limit = std::min(d.bound.value_or(paced_bucket::unlimited),
                                d.learned.value_or(paced_bucket::unlimited));
  if (limit == paced_bucket::unlimited) return limit;
  const double follow = std::clamp(d.level / comfortable_level, slowest, 1.0);
  return limit * share_ * trust_ * follow;
}

}  // namespace batchmill
