// Rate limits as the API keeps them: per model, a bucket of requests and a bucket of tokens that
// are refilled continuously.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "batchmill/clock.hpp"
#include "runner/simulator/api_error.hpp"

namespace batchmill::simulator_detail {

/// Holds `limit`, which flows in anew every minute. Starts full.
class bucket {
 public:
  bucket(double limit, time_point now) : limit_(limit), level_(limit), filled_(now) {}

  void refill(time_point now);
  void take(double amount) { level_ -= amount; }

  double limit() const { return limit_; }
  double level() const { return level_; }
  double used() const { return limit_ - level_; }

  /// Until `amount` is there: (used + amount - limit) / limit minutes. Zero when it is.
  duration wait_for(double amount) const;

 private:
  double limit_;
  double level_;
  time_point filled_;
};

class rate_limits {
 public:
  rate_limits(double requests_per_minute, double tokens_per_minute)
      : requests_per_minute_(requests_per_minute), tokens_per_minute_(tokens_per_minute) {}

  /// Takes one request and `tokens` from the model's buckets, or refuses and takes nothing.
  refusal admit(std::string_view model, std::int64_t tokens, time_point now);

  /// The x-ratelimit-* lines; without limits none.
  std::string headers(std::string_view model, time_point now);

  double requests_per_minute() const { return requests_per_minute_; }

 private:
  struct model_buckets {
    bucket requests;
    bucket tokens;
  };

  model_buckets& buckets_of(std::string_view model, time_point now);

  double requests_per_minute_;  // 0: unlimited
  double tokens_per_minute_;    // 0: unlimited
  std::map<std::string, model_buckets, std::less<>> models_;
};

/// The 429 of a limit that passes after `wait`, with its headers.
struct limit_numbers {
  double limit = 0;
  double used = 0;
  double requested = 0;
};
api_error limit_reached(std::string_view model, bool tokens, const limit_numbers& numbers,
                        duration wait);

/// "20ms", "8.64s", "1m33.792s", "1h2m3s", "0s": Go's format, rounded up to milliseconds.
std::string go_duration(duration d);

}  // namespace batchmill::simulator_detail
