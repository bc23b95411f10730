#include "runner/engine/scheduler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runner/engine/ledger/request_hash.hpp"
#include "runner/engine/traffic_facts.hpp"

namespace batchmill {
namespace {

// Rows read and prepared before there is a place for them: enough to fill the places that come free
// between two visits of the feeder, few enough to cost no memory.
constexpr std::uint64_t lookahead = 256;

// Where a limit holds back what was read, rows of other models may come behind it.
constexpr std::uint64_t lookahead_past_limits = 4096;
constexpr std::uint64_t lookahead_for_starving = 20000;

// Packs are heavier than rows.
constexpr std::uint64_t packs_ahead = 16;
constexpr std::uint64_t packs_ahead_for_starving = 64;
constexpr std::uint64_t most_bytes_ahead = 64 << 20;

constexpr auto tick_length = std::chrono::milliseconds(100);  // between two commits, and two views
constexpr auto silence = std::chrono::milliseconds(4500);     // no answer while draining: give up
constexpr std::uint64_t rows_at_once = 64;                    // read before others have a turn
constexpr auto pipe_poll = std::chrono::milliseconds(20);
constexpr auto grace = std::chrono::seconds(10);  // for what is in flight when the run stops

/// What a minute allows is the most that a request can ask for.
pack_limits packing_for(const row_job& job, const limits_spec& limits) {
  pack_limits packing = job.packing();
  if (limits.tokens_per_minute) {
    const auto most = static_cast<std::int64_t>(*limits.tokens_per_minute * limits.share);
    packing.tokens = std::min(packing.tokens, most);
  }
  return packing;
}

}  // namespace

scheduler::scheduler(executor ex, const scheduler_parts& parts, std::uint64_t seed)
    : executor_(ex),
      parts_(parts),
      retry_(parts.spec.retry, parts.spec.expect.attempts),
      statistics_(parts.time.now(), parts.earlier),
      delivery_(parts_, statistics_),
      packing_(packing_for(parts.job, parts.spec.limits)),
      packer_(packing_),
      rows_(ex, [this] { abort(); }),
      helpers_(ex, [this] { abort(); }),
      gate_(ex, parts_.time, helpers_, parts.spec.limits, parts.spec.retry.max_delay),
      server_(parts_.time, parts_.wire, parts_.observer, gate_, helpers_, parts.spec.retry,
              [this](std::string why) { stop(std::move(why)); }),
      purse_(ex, parts.spec, parts.money, [this](std::string why) { stop(std::move(why)); }),
      appetite_(ex),
      random_(seed),
      boarded_(ex) {
  purse_.on_first(parts.first_of_model);
}

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
  server_.close();
  if (server_.is_trying()) parts_.wire.cancel();
  parts_.time.cancel();
  co_await helpers_.join();
  co_await parts_.output.settle();
  purse_.save_last();
  if (!purse_.unsaved().empty()) {
    parts_.observer.notice(severity::warning,
                           "what was spent is not kept for the next run: " + purse_.unsaved());
  }
  if (failure) std::rethrow_exception(failure);
}

awaitable<void> scheduler::feed() {
  co_await feed_all();
  ship_all();
  while (boarding_ > 0) co_await boarded_.wait();
  fed_ = true;
  end_rests();
}

awaitable<void> scheduler::feed_all() {
  while (!draining_) {
    while (!hungry() && !draining_) co_await appetite_.wait();
    // The oldest row, for which all others wait there, may be one that waits for company.
    if (!parts_.output.has_room()) {
      ship_all();
      co_await parts_.output.room();
    }
    if (draining_) break;
    row_source::item item = parts_.rows.next();
    if (std::holds_alternative<row_source::end>(item)) break;
    starved_ = std::holds_alternative<row_source::not_yet>(item);
    if (starved_) {
      ship_all();
      co_await parts_.time.sleep_until(parts_.time.now() + pipe_poll);
      continue;
    }
    if (!delivery_.finished_before(std::get<row>(item))) take_in(std::move(std::get<row>(item)));
    if (parts_.rows.rows_read() % rows_at_once == 0) co_await rows_.yield();
  }
}

/// Makes a row ready and sends it on its way, alone or when its pack is full.
void scheduler::take_in(row&& r) {
  const bool rough = packing_.rows == 0 && !gate_.tokens_matter();
  auto prepared = rough ? parts_.job.prepare_roughly(r) : parts_.job.prepare(r);
  if (!prepared) return finish(r, row_hash(r), outcome_of(prepared.error()));
  const std::uint64_t hash = request_hash(prepared->request);
  if (delivery_.take_over(r, *prepared, hash)) return;
  if (shares(r, *prepared, hash)) return;
  parcel p(std::move(r), std::move(*prepared), hash);
  if (packing_.rows == 0) return ship(shipment(std::move(p)));
  packer_.add(std::move(p));
  ship_ready();
}

void scheduler::ship_ready() {
  while (auto next = packer_.take_ready()) ship(std::move(*next));
}

void scheduler::ship_all() {
  packer_.close_all();
  ship_ready();
}

void scheduler::ship(shipment&& s) {
  ++ahead_;
  ahead_bytes_ += s.text_bytes();
  board(std::move(s));
}

awaitable<void> scheduler::tick() {
  while (!finished_ && !aborted_) {
    co_await parts_.time.sleep_until(parts_.time.now() + tick_length);
    parts_.output.tick();
    purse_.save(parts_.time.now());
    if (!parts_.output.full().empty()) stop(parts_.output.full());
    parts_.observer.progressed(status());
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
  if (packing_.rows > 0) {
    return ahead_ < packs_ahead || (gate_.starving() && ahead_ < packs_ahead_for_starving);
  }
  if (ahead_ < lookahead) return true;
  if (ahead_bytes_ >= most_bytes_ahead) return false;
  if (gate_.starving()) return ahead_ < lookahead_for_starving;
  return gate_.held_by_rate() && ahead_ < lookahead_past_limits;
}

void scheduler::admitted_or_dropped(const shipment& s) {
  ahead_bytes_ -= s.text_bytes();
  const std::uint64_t most = packing_.rows > 0 ? packs_ahead : lookahead;
  if (ahead_-- == most / 2 + 1 || ahead_ == 0 || gate_.starving()) appetite_.wake();
}

/// Does an equal row that was or is asked answer for this one, too? Then it is taken.
bool scheduler::shares(row& r, const prepared_request& prepared, std::uint64_t hash) {
  if (!parts_.spec.dedupe.value_or(prepared.answered_alike)) return false;
  if (const outcome* known = twins_.find(hash)) {
    statistics_.row_shared();
    deliver_to(r, hash, as_twin(*known, prepared.custom_id));
    return true;
  }
  if (twins_.join(r, prepared.custom_id, hash)) return true;
  if (!delivery_.share_resting(r, prepared, hash, twins_.forgotten())) return false;
  statistics_.row_shared();
  twins_.leave(hash);
  return true;
}

/// The last word on a row, and on those that wait for it.
void scheduler::finish(const row& r, std::uint64_t hash, outcome&& result) {
  const std::vector<twin> waiting = twins_.answered(hash, result);
  for (const twin& t : waiting) {
    statistics_.row_shared();
    deliver_to(t.from, hash, as_twin(result, t.custom_id));
  }
  deliver_to(r, hash, std::move(result));
  if (!waiting.empty()) appetite_.wake();
}

void scheduler::deliver_to(const row& r, std::uint64_t hash, outcome&& result) {
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
  server_.close();
  purse_.close();  // before those at the gate give their money back
  gate_.close();
  appetite_.wake();
  end_rests();
  parts_.output.release_waiters();
}

void scheduler::abort() {
  if (aborted_) return;
  drain("cancelled");
  aborted_ = true;
  parts_.wire.cancel();
  if (parts_.files != nullptr) parts_.files->cancel();
  parts_.time.cancel();
}

}  // namespace batchmill
