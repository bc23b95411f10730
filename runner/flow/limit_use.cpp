#include "runner/flow/limit_use.hpp"

#include <cmath>

namespace batchmill {

void use_meter::take(double units, double per_minute, time_point now) {
  if (!std::isfinite(per_minute)) return;
  if (last_)
    allowed_ += per_minute * std::chrono::duration<double, std::ratio<60>>(now - *last_).count();
  last_ = now;
  per_minute_ = per_minute;
  used_ += units;
}

std::optional<limit_use> use_meter::use() const {
  if (allowed_ <= 0) return std::nullopt;
  limit_use result;
  result.per_minute = per_minute_;
  result.allowed = allowed_;
  result.used = used_;
  return result;
}

}  // namespace batchmill
