#include "runner/flow/server_bucket.hpp"

#include <algorithm>
#include <limits>

namespace batchmill {
namespace {

using seconds = std::chrono::duration<double>;

// Below a level that lasts for so long the rate follows the level: a bucket that others drain, or
// that is counted otherwise than we think, settles above empty instead of refusing.
// The older the headers are, the more can have happened since.
constexpr double comfort_ages = 3;
constexpr double least_comfort = 0.3;  // seconds
constexpr double most_comfort = 3;
constexpr double comfort_of_capacity = 0.25;  // small buckets are never full for so long

constexpr double slowest =
    0.02;  // part of the limit, so that there is always an answer to learn from

// Requests overtake each other on their way, so a single answer is not believed to the unit.
constexpr double gain = 0.2;

}  // namespace

std::optional<double> server_bucket::observe(const limit_headers& headers, const mark& sent,
                                             time_point now) {
  if (!headers.limit || *headers.limit <= 0) return std::nullopt;
  const bool first = !known();
  set_limit(*headers.limit, now);
  window_.observe(headers, sent.at);
  const double remaining = headers.remaining.value_or(limit_);
  advance(now);
  if (first) {
    capacity_ = headers.reset ? std::min(limit_, full_level(remaining, *headers.reset)) : limit_;
  }
  capacity_ = std::max(capacity_, remaining);
  if (!headers.remaining && !first) return std::nullopt;
  const double error = remaining - (sent.level + corrections_ - sent.corrections);
  correct(first ? error : gain * error);
  if (first) return std::nullopt;
  age_ += gain * (seconds(now - sent.at).count() - age_);
  return error;
}

void server_bucket::correct(double units) {
  level_ += units;
  corrections_ += units;
}

server_bucket::mark server_bucket::take(double units, time_point now) {
  advance(now);
  level_ -= units;
  usual_ += gain * (units - usual_);
  mark m;
  m.level = level_;
  m.corrections = corrections_;
  m.at = now;
  return m;
}

void server_bucket::give_back(double units, time_point now) {
  advance(now);
  level_ += units;
}

double server_bucket::advised_rate(time_point now) const {
  const double per_second = refill_per_second();
  const double level = level_at(now);
  if (daily()) return level >= 1 ? std::numeric_limits<double>::infinity() : per_second * 60;
  if (const auto end = window_.end(now)) {
    const double left = std::max(seconds(*end - now).count(), 0.001);
    return 60 * std::clamp(level / left, slowest * per_second, per_second);
  }
  const double wanted = std::clamp(comfort_ages * age_, least_comfort, most_comfort) * per_second;
  const double comfort = std::max(usual_, std::min(wanted, comfort_of_capacity * capacity_));
  // An empty bucket is no worry: by the time of the next request there is room for one more.
  return 60 * per_second * std::clamp((level + usual_) / comfort, slowest, 1.0);
}

void server_bucket::set_limit(double limit, time_point now) {
  if (limit == limit_) return;
  advance(now);
  if (known()) capacity_ *= limit / limit_;
  limit_ = limit;
}

double server_bucket::full_level(double remaining, duration until_full) const {
  return remaining + refill_per_second() * seconds(until_full).count();
}

double server_bucket::refill_per_second() const {
  return limit_ / (daily() ? 86400 : 60);
}

double server_bucket::level_at(time_point now) const {
  if (window_.end(level_of_)) {
    return window_.end(now) ? level_ : capacity_;
  }
  return std::min(capacity_, level_ + refill_per_second() * seconds(now - level_of_).count());
}

void server_bucket::advance(time_point now) {
  if (now == level_of_ && level_ <= capacity_) return;
  level_ = level_at(now);
  level_of_ = now;
}

}  // namespace batchmill
