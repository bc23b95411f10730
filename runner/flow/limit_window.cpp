#include "runner/flow/limit_window.hpp"

#include <algorithm>
#include <cmath>

namespace batchmill {
namespace {

using seconds = std::chrono::duration<double>;

constexpr auto longest_minute = std::chrono::minutes(2);
constexpr auto sample_distance = std::chrono::milliseconds(300);
constexpr double standing_still = 0.2;  // the reset's end moves slower than this part of the time
constexpr int certain = 3;
constexpr double seconds_a_day = 86400;

constexpr double rounding = 0.001;  // of resets in headers, seconds

/// Is the reset near the time that a bucket which holds a day's worth takes to earn what was used?
bool is_near(double reset, double over_a_day) {
  return std::abs(reset - over_a_day) < 0.05 * over_a_day + rounding;
}

}  // namespace

void limit_window::observe(const limit_headers& headers, time_point sent_at) {
  if (!headers.limit || !headers.remaining || !headers.reset) return;
  judge_the_day(headers);
  if (*headers.reset > longest_minute) return;
  const time_point end = sent_at + *headers.reset;
  if (!sample_at_ || sent_at < *sample_at_) {
    sample_at_ = sent_at;
    sample_end_ = end;
  } else if (sent_at - *sample_at_ >= sample_distance) {
    judge(sent_at, end);
  }
  end_ = end;
}

std::optional<time_point> limit_window::end(time_point now) const {
  if (fixed_evidence_ <= 0 || end_ <= now) return std::nullopt;
  return end_;
}

void limit_window::judge_the_day(const limit_headers& headers) {
  const double used = *headers.limit - *headers.remaining;
  if (used < 1) return;
  const double over_a_day = used * seconds_a_day / *headers.limit;
  if (over_a_day < 4 * rounding) return;  // with a minute's limit it would look the same
  const int sign = is_near(seconds(*headers.reset).count(), over_a_day) ? 1 : -1;
  daily_evidence_ = std::clamp(daily_evidence_ + sign, -certain, certain);
}

void limit_window::judge(time_point sent_at, time_point end) {
  const double moved = seconds(end - sample_end_) / seconds(sent_at - *sample_at_);
  const int sign = std::abs(moved) < standing_still ? 1 : -1;
  fixed_evidence_ = std::clamp(fixed_evidence_ + sign, -certain, certain);
  sample_at_ = sent_at;
  sample_end_ = end;
}

}  // namespace batchmill
