#include "runner/flow/budget.hpp"

#include <algorithm>

namespace batchmill {
namespace {

// Small steps lose little when a process dies, large ones are seldom written.
constexpr std::int64_t steps = 100;

}  // namespace

budget::verdict budget::judge(const fare& f) const {
  if (fits(f.most)) return verdict::go;
  if (held_ > money()) return verdict::wait;
  return fits(f.least) ? verdict::go : verdict::never;
}

std::optional<money> budget::promise_for(money amount) const {
  if (!cap_) return std::nullopt;
  const money needed = booked_ + held_ + amount;
  if (needed <= promised_) return std::nullopt;
  const money next = needed + money(cap_->pico() / steps);
  return std::max(needed, std::min(next, *cap_));
}

}  // namespace batchmill
