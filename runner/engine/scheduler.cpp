#include "runner/engine/scheduler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runner/engine/ledger/request_hash.hpp"
#include "runner/engine/sendable.hpp"

namespace batchmill {
namespace {

// Rows read and prepared before there is a place for them: enough to fill the places that come free
// between two visits of the feeder, few enough to cost no memory.
constexpr std::uint64_t lookahead = 256;

// Where a limit holds back what was read, rows of other models may come behind it.
constexpr std::uint64_t lookahead_past_limits = 4096;
constexpr std::uint64_t lookahead_for_starving = 20000;
constexpr std::uint64_t most_bytes_ahead = 64 << 20;

constexpr auto tick_length = std::chrono::milliseconds(100);  // between two commits of the ledger
constexpr unsigned ticks_per_view = 1;                        // progress is shown that often
constexpr auto silence = std::chrono::milliseconds(4500);     // no answer while draining: give up
constexpr std::uint64_t skipped_at_once = 4096;
constexpr auto pipe_poll = std::chrono::milliseconds(20);
constexpr auto grace = std::chrono::seconds(10);  // for what is in flight when the run stops

token_estimate estimate_of(const prepared_request& prepared) {
  return token_estimate(static_cast<double>(prepared.prompt_tokens),
                        static_cast<double>(prepared.max_output_tokens));
}

/// Where an answer does not say what it used, the estimate stands.
token_use use_of(const departure& sent, const token_usage& tokens) {
  const token_estimate& estimate = sent.receipt.estimate;
  if (tokens.total <= 0) return token_use(estimate.prompt, estimate.max_output);
  return token_use(static_cast<double>(tokens.prompt), static_cast<double>(tokens.completion));
}

bool was_paid(answer_kind kind) {
  return kind == answer_kind::success || kind == answer_kind::unexpected;
}

traffic_report report_of(const departure& sent, const answer& a) {
  traffic_report report;
  report.kind = a.what.kind;
  report.responded = a.status != 0;
  report.slow_down = a.what.code == "slow_down";
  report.limits = a.limits;
  report.wait = a.server_wait;
  if (was_paid(a.what.kind)) report.use = use_of(sent, a.what.tokens);
  return report;
}

}  // namespace

scheduler::scheduler(executor ex, const scheduler_parts& parts, std::uint64_t seed)
    : parts_(parts),
      retry_(parts.spec.retry, parts.spec.expect.attempts),
      statistics_(parts.time.now(), parts.earlier),
      delivery_(parts_, statistics_),
      rows_(ex, [this] { abort(); }),
      helpers_(ex, [this] { abort(); }),
      gate_(ex, parts_.time, helpers_, parts.spec.limits, parts.spec.retry.max_delay),
      appetite_(ex),
      random_(seed) {}

awaitable<void> scheduler::run() {
  parts_.observer.started(status());
  helpers_.spawn(tick());
  rows_.spawn(feed());
  std::exception_ptr failure;
  try {
    co_await rows_.join();
  } catch (...) {
    failure = std::current_exception();
  }
  finished_ = true;
  parts_.time.cancel();
  co_await helpers_.join();
  co_await parts_.output.settle();
  if (failure) std::rethrow_exception(failure);
}

awaitable<void> scheduler::feed() {
  while (!draining_) {
    while (!hungry() && !draining_) co_await appetite_.wait();
    co_await parts_.output.room();
    if (draining_) break;
    row_source::item item = parts_.rows.next();
    if (std::holds_alternative<row_source::end>(item)) break;
    starved_ = std::holds_alternative<row_source::not_yet>(item);
    if (starved_) {
      co_await parts_.time.sleep_until(parts_.time.now() + pipe_poll);
    } else if (delivery_.finished_before(std::get<row>(item))) {
      if (parts_.rows.rows_read() % skipped_at_once == 0) co_await rows_.yield();
    } else {
      ++ahead_;
      ahead_bytes_ += std::get<row>(item).text.size();
      rows_.spawn(process(std::move(std::get<row>(item))));
    }
  }
}

/// A row's whole way: made ready, sent until it is answered or given up, its last word written. It
/// holds a slot only while it is on the wire, and nothing but memory between two attempts.
awaitable<void> scheduler::process(row r) {
  auto prepared = parts_.job.prepare(r);
  if (!prepared) {
    admitted_or_dropped(r);
    finish(r, row_hash(r), outcome_of(prepared.error()));
    co_return;
  }
  trip t;
  t.hash = request_hash(prepared->request);
  if (delivery_.take_over(r, *prepared, t.hash)) {
    admitted_or_dropped(r);
    co_return;
  }
  const std::size_t bytes = r.text.size();
  if (shares(r, *prepared, t.hash)) {
    dropped(bytes);
    co_return;
  }
  const token_estimate estimate = estimate_of(*prepared);
  t.model = &gate_.lane_of(prepared->model, prepared->request.target);
  for (;;) {
    const bool admitted = co_await gate_.enter(*t.model, r.index, estimate, t.sent);
    if (t.attempts == 0) admitted_or_dropped(r);
    if (!admitted) co_return;
    answer a = co_await attempt(*prepared, t);
    if (a.what.kind == answer_kind::rate_limited) ++t.refused;
    if (a.what.kind == answer_kind::unexpected) ++t.unexpected;
    const retry_decision next = digest(t, a);
    const auto* again = std::get_if<retry_after>(&next);
    if (again == nullptr || a.given_up) {
      // Without a last word the row stays open: the run is being stopped.
      if (a.given_up || a.what.kind == answer_kind::run_stopped) co_return;
      a.what.tokens += t.spent;
      finish(r, t.hash, outcome_of(*prepared, std::move(a), t.attempts));
      co_return;
    }
    parts_.observer.attempt_failed(r, t.attempts, a.what.code, again->wait);
    t.spent += a.what.tokens;
    if (again->whole_model) continue;
    ++waiting_;
    co_await parts_.time.sleep_until(parts_.time.now() + again->wait);
    --waiting_;
  }
}

awaitable<answer> scheduler::attempt(const prepared_request& prepared, trip& t) {
  statistics_.attempt_begun();
  if (++t.attempts == 1) {
    t.first_at = t.sent.at;
  } else {
    statistics_.attempt_retried();
  }
  const time_point deadline = t.sent.at + parts_.spec.api.timeout;
  const sendable what(prepared.request, prepared.uploads);
  if (!what.problem().empty()) co_return unsendable(what.problem());
  attempt_result result = co_await parts_.wire.send(what.request(), deadline);
  last_sign_ = parts_.time.now();
  co_return read_answer(std::move(result), parts_.job, parts_.time.wall_now());
}

awaitable<void> scheduler::tick() {
  for (unsigned n = 1; !finished_ && !aborted_; ++n) {
    co_await parts_.time.sleep_until(parts_.time.now() + tick_length);
    parts_.output.tick();
    if (!parts_.output.full().empty()) stop(parts_.output.full());
    if (n % ticks_per_view == 0) parts_.observer.progressed(status());
    if (waits_in_vain()) abort();
    if (hungry()) appetite_.wake();  // a limit may have begun to hold back
  }
}

/// The run is to end, and what is in flight takes too long for that.
bool scheduler::waits_in_vain() const {
  const time_point now = parts_.time.now();
  if (give_up_at_ && now >= *give_up_at_) return true;
  return draining_ && now - last_sign_ >= silence;
}

bool scheduler::hungry() const {
  if (twins_.bytes_waiting() >= most_bytes_ahead) return false;
  if (ahead_ < lookahead) return true;
  if (ahead_bytes_ >= most_bytes_ahead) return false;
  if (gate_.starving()) return ahead_ < lookahead_for_starving;
  return gate_.held_by_rate() && ahead_ < lookahead_past_limits;
}

void scheduler::admitted_or_dropped(const row& r) {
  dropped(r.text.size());
}

void scheduler::dropped(std::size_t bytes) {
  ahead_bytes_ -= bytes;
  if (ahead_-- == lookahead / 2 + 1 || ahead_ == 0 || gate_.starving()) appetite_.wake();
}

/// Decides what comes next and gives the slot back, in this order: a run that ends here must not
/// let the next row go.
retry_decision scheduler::digest(const trip& t, const answer& a) {
  count(t, a);
  attempt_facts facts;
  facts.kind = a.what.kind;
  facts.attempt = t.attempts;
  facts.refused = t.refused;
  facts.unexpected = t.unexpected;
  facts.since_first = parts_.time.now() - t.first_at;
  facts.server_wait = a.server_wait;
  facts.should_retry = a.should_retry;
  const double random = std::uniform_real_distribution<double>()(random_);
  const retry_decision next = retry_.decide(facts, random);
  if (std::holds_alternative<stop_run>(next)) {
    stop(fmt::format("{} ({})", a.what.message, a.what.advice));
  }
  gate_.leave(*t.model, t.sent, report_of(t.sent, a));
  return next;
}

void scheduler::count(const trip& t, const answer& a) {
  if (a.status == 429) statistics_.attempt_rate_limited();
  if (!was_paid(a.what.kind)) return;
  statistics_.attempt_answered(parts_.time.now() - t.sent.at);
}

/// Does an equal row that was or is asked answer for this one, too? Then it is taken.
bool scheduler::shares(row& r, const prepared_request& prepared, std::uint64_t hash) {
  if (!parts_.spec.dedupe.value_or(prepared.answered_alike)) return false;
  if (const outcome* known = twins_.find(hash)) {
    statistics_.row_shared();
    deliver_to(r, hash, as_twin(*known, prepared.custom_id));
    return true;
  }
  return twins_.join(r, prepared.custom_id, hash);
}

/// The last word on a row, and on those that wait for it.
void scheduler::finish(const row& r, std::uint64_t hash, outcome result) {
  const std::vector<twin> waiting = twins_.answered(hash, result);
  for (const twin& t : waiting) {
    statistics_.row_shared();
    deliver_to(t.from, hash, as_twin(result, t.custom_id));
  }
  deliver_to(r, hash, std::move(result));
  if (!waiting.empty()) appetite_.wake();
}

void scheduler::deliver_to(const row& r, std::uint64_t hash, outcome result) {
  const auto enough = delivery_.finish(r, hash, std::move(result));
  if (enough) stop(*enough);
}

/// Ends the run for a reason that concerns all of it. What is in flight may still be answered: it
/// may have been paid for.
void scheduler::stop(std::string reason) {
  if (give_up_at_ || aborted_) return;
  drain(reason);
  end_ = run_end::stopped;
  stop_reason_ = std::move(reason);
  give_up_at_ = parts_.time.now() + grace;
}

void scheduler::drain(std::string reason) {
  if (draining_) return;
  draining_ = true;
  last_sign_ = parts_.time.now();
  end_ = run_end::interrupted;
  stop_reason_ = std::move(reason);
  gate_.close();
  appetite_.wake();
  parts_.output.release_waiters();
}

void scheduler::abort() {
  if (aborted_) return;
  drain("cancelled");
  aborted_ = true;
  parts_.wire.cancel();
  parts_.time.cancel();
}

bottleneck scheduler::held_by() const {
  const bottleneck at_gate = gate_.held_by();
  if (at_gate != bottleneck::none) return at_gate;
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
  return result;
}

}  // namespace batchmill
