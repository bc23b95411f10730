#include "runner/simulator/account.hpp"

namespace batchmill::simulator_detail {

void account::add(const account_entry& entry) {
  const std::lock_guard lock(mutex_);
  add_execution(entry);
  ++totals_.requests;
  totals_.undelivered += entry.delivered ? 0 : 1;
  totals_.rate_limited += entry.rate_limited ? 1 : 0;
  ++statuses_.at(static_cast<std::size_t>(entry.status));
}

void account::add_line(const account_entry& entry) {
  const std::lock_guard lock(mutex_);
  add_execution(entry);
}

void account::add_execution(const account_entry& entry) {
  totals_.executed += entry.executed ? 1 : 0;
  totals_.prompt_tokens += entry.prompt_tokens;
  totals_.completion_tokens += entry.completion_tokens;
}

simulator_counters account::snapshot() const {
  const std::lock_guard lock(mutex_);
  auto result = totals_;
  for (std::size_t status = 0; status < statuses_.size(); ++status)
    if (statuses_[status] > 0) result.by_status[static_cast<int>(status)] = statuses_[status];
  return result;
}

}  // namespace batchmill::simulator_detail
