// What the conductor tells of itself: to the display while it runs, and at the end.
#include <algorithm>

#include "runner/batch/followed.hpp"

namespace batchmill {

void conductor::count(batch_counters& now) const {
  for (const auto& [number, f] : followed_) {
    const batch_part& p = f->facts;
    if (!p.is_open()) {
      now.done += p.batch_id.empty() ? 0 : 1;
    } else if (p.state < part_state::created) {
      ++now.waiting;
    } else {
      ++now.under_way;
      now.requests += p.requests;
      now.answered += p.answered + p.refused;
    }
  }
}

run_status conductor::status() {
  run_status now;
  statistics_.fill(now, parts_.time.now());
  const row_source::estimate total = parts_.rows.total();
  now.rows_total = total.rows;
  now.total_exact = total.exact;
  now.stopping = draining_;
  now.cost = purse_.cost();
  count(now.batches.emplace());
  const bool queued = std::ranges::any_of(
      queues_, [](const auto& q) { return q.second.holds_back() || q.second.inside() > 0; });
  const bool poor = std::ranges::any_of(followed_, [&](const auto& f) {
    const batch_part& p = f.second->facts;
    return p.state < part_state::creating && !has_money(p);
  });
  if (poor) {
    now.held_by = bottleneck::budget;
  } else if (now.batches->waiting > 0 && queued) {
    now.held_by = bottleneck::queue;
  } else if (now.batches->under_way > 0 || searches()) {
    now.held_by = bottleneck::batches;
  }
  return now;
}

spending conductor::spent() const {
  spending all;
  all.models = purse_.by_model();
  all.unsettled = parts_.money.earlier.unsettled;
  all.promised = all.booked();
  return all;
}

run_summary conductor::summary() const {
  run_summary result;
  statistics_.fill(result, parts_.time.now());
  result.end = end_;
  if (end_ == run_end::complete && result.rows_failed > 0) result.end = run_end::some_failed;
  result.stop_reason = stop_reason_;
  const row_source::estimate total = parts_.rows.total();
  const bool all_answered = total.exact && statistics_.rows_done() >= total.rows;
  if (leaving_ == leaving::drop && end_ == run_end::complete && !all_answered) {
    result.end = run_end::interrupted;
    result.given_up = true;
    result.stop_reason = "the batches were given up";
  }
  result.rows_total =
      std::max(total.exact ? total.rows : parts_.rows.rows_read(), statistics_.rows_done());
  result.rows_left = result.rows_total - statistics_.rows_done();
  result.cost = purse_.cost();
  result.models = purse_.by_model();
  batch_counters counters;
  count(counters);
  result.batches = counters.done;
  return result;
}

}  // namespace batchmill
