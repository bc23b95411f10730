#include "runner/simulator/limits/limit_course.hpp"

#include <algorithm>
#include <chrono>

namespace batchmill::simulator_detail {

limit_course::limit_course(const simulated_limits& limits, std::uint64_t seed)
    : changes_(limits.changes), tenants_(limits.others, seed) {}

void limit_course::begin(time_point now) {
  if (!began_) began_ = now;
}

double limit_course::seconds(time_point now) const {
  return began_ ? std::chrono::duration<double>(now - *began_).count() : 0;
}

double limit_course::factor(time_point now) const {
  double factor = 1;
  for (const auto& change : changes_)
    if (began_ && now >= *began_ + change.after) factor = change.factor;
  return factor;
}

double limit_course::others(time_point from, time_point to) const {
  return sum(from, to).others;
}

double limit_course::left(time_point from, time_point to) const {
  const auto all = sum(from, to);
  return all.whole - all.others;
}

limit_course::amounts limit_course::sum(time_point from, time_point to) const {
  amounts all;
  while (from < to) {
    auto end = to;
    for (const auto& change : changes_)
      if (began_ && *began_ + change.after > from) end = std::min(end, *began_ + change.after);
    const double begin_seconds = seconds(from), end_seconds = seconds(end);
    all.whole += factor(from) * (end_seconds - begin_seconds) / 60;
    all.others += factor(from) * tenants_.total(begin_seconds, end_seconds) / 60;
    from = end;
  }
  return all;
}

time_point limit_course::next_step(time_point from, time_point to) const {
  if (!tenants_.none()) to = std::min(to, from + std::chrono::seconds(1));
  for (const auto& change : changes_)
    if (began_ && *began_ + change.after > from) to = std::min(to, *began_ + change.after);
  return to;
}

}  // namespace batchmill::simulator_detail
