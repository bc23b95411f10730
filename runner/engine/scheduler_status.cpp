// What the scheduler tells of itself: to the display while it runs, and at the end.
#include <algorithm>

#include "runner/engine/scheduler.hpp"

namespace batchmill {

bottleneck scheduler::held_by() const {
  const bottleneck at_gate = gate_.held_by();
  if (at_gate != bottleneck::none) return at_gate;
  if (purse_.anyone_waits()) return bottleneck::budget;
  if (!parts_.output.has_room()) return bottleneck::window;
  if (starved_) return bottleneck::input;
  if (gate_.in_flight() > 0) return bottleneck::server;
  return waiting_ > 0 ? bottleneck::retries : bottleneck::none;
}

run_status scheduler::status() {
  run_status now;
  statistics_.fill(now, parts_.time.now());
  const row_source::estimate total = parts_.rows.total();
  now.rows_total = total.rows;
  now.total_exact = total.exact;
  now.in_flight = gate_.in_flight();
  now.waiting = waiting_;
  now.held_by = held_by();
  gate_.describe_hold(now);
  now.stopping = draining_;
  now.cost = purse_.cost();
  return now;
}

run_summary scheduler::summary() const {
  run_summary result;
  const time_point now = parts_.time.now();
  statistics_.fill(result, now);
  result.end = end_;
  if (end_ == run_end::complete && result.rows_failed > 0) result.end = run_end::some_failed;
  result.stop_reason = stop_reason_;
  const row_source::estimate total = parts_.rows.total();
  result.rows_total =
      std::max(total.exact ? total.rows : parts_.rows.rows_read(), statistics_.rows_done());
  result.rows_left = result.rows_total - statistics_.rows_done();
  result.waited_for_limits = gate_.waited_for_limits(now);
  result.limits = gate_.limits();
  result.cost = purse_.cost();
  result.models = purse_.by_model();
  return result;
}

}  // namespace batchmill
