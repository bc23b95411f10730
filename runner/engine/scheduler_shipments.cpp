// The way of a shipment: through the gate, to the server, until its rows have their last word.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runner/engine/scheduler.hpp"
#include "runner/engine/traffic_facts.hpp"

namespace batchmill {

/// Pays, and goes through the gate or waits there. Who has to wait for money does so by itself.
void scheduler::board(shipment&& s) {
  passage p(std::move(s));
  const prepared_request& first = p.cargo.first().prepared;
  p.way.model = &gate_.lane_of(first.model, first.request.target);
  p.estimate = estimate_of(p.cargo);
  if (some_are_paid()) return begin(std::move(p));  // perhaps this one: it looks
  p.fee = purse_.ticket_for(p.cargo);
  if (!purse_.pay(p.fee)) return begin(std::move(p));
  p.admitted = gate_.enter_at_once(*p.way.model, p.estimate, p.way.sent);
  if (p.admitted) {
    has_passed(p);
    return begin(std::move(p));
  }
  ++boarding_;
  lane& model = *p.way.model;
  const std::uint64_t place = p.cargo.first().from.index;
  gate_.wait(model, place, *new boarding(*this, std::move(p)));
}

void scheduler::boarding::let_in(const departure& sent) {
  const std::unique_ptr<boarding> self(this);
  waiting_.way.sent = sent;
  waiting_.admitted = true;
  owner_.has_passed(waiting_);
  owner_.begin(std::move(waiting_));
  if (--owner_.boarding_ == 0) owner_.boarded_.wake();
}

void scheduler::boarding::turn_away() {
  const std::unique_ptr<boarding> self(this);
  owner_.has_passed(waiting_);
  owner_.purse_.give_back(waiting_.fee);
  if (--owner_.boarding_ == 0) owner_.boarded_.wake();
}

void scheduler::begin(passage&& p) {
  if (resting_.empty()) return rows_.spawn(work(std::move(p)));
  resting_place& place = *resting_.back();
  resting_.pop_back();
  place.next = std::move(p);
  place.given = true;
  place.spot.wake();
}

void scheduler::end_rests() {
  for (resting_place* place : std::exchange(resting_, {})) place->spot.wake();
}

/// One shipment after the other.
awaitable<void> scheduler::work(passage p) {
  for (;;) {
    co_await process(p);
    if (fed_ || draining_) co_return;
    p.cargo = shipment();
    resting_place place(executor_, p);
    resting_.push_back(&place);
    co_await place.spot.suspend();
    if (!place.given) co_return;
  }
}

/// Are there answers that an earlier run paid for, whose files it could not fetch any more?
bool scheduler::some_are_paid() const {
  return parts_.paid != nullptr && !parts_.paid->empty();
}

void scheduler::has_passed(passage& p) {
  if (!std::exchange(p.way.has_passed, true) && !p.cargo.is_part()) admitted_or_dropped(p.cargo);
}

/// A shipment's whole way: sent until it is answered or given up, its last word written. It holds a
/// slot only while it is on the wire, and nothing but memory between two attempts.
awaitable<void> scheduler::process(passage& p) {
  shipment& s = p.cargo;
  trip& t = p.way;
  if (!t.has_passed && some_are_paid()) {
    const bool was_paid_before = co_await fetch_for_paid(s);
    if (was_paid_before) co_return;
  }
  for (;;) {
    bool admitted = std::exchange(p.admitted, false);
    if (!admitted) {
      p.fee = purse_.ticket_for(s);
      admitted = purse_.pay(p.fee);
      if (!admitted) admitted = co_await purse_.wait(s.first().from.index, p.fee);
      // Most need not wait, which spares them a coroutine.
      if (admitted && !gate_.enter_at_once(*t.model, p.estimate, t.sent)) {
        const std::uint64_t place = s.first().from.index + t.stands_back;
        admitted = co_await gate_.enter(*t.model, place, p.estimate, t.sent);
      }
      has_passed(p);
      if (!admitted) {
        purse_.give_back(p.fee);
        co_return;
      }
    }
    const time_point deadline = begin_attempt(s, t);
    const http_request& request = s.request();
    attempt_result result = co_await parts_.wire.send(request, deadline);
    const next_step next = end_attempt(s, t, p.fee, std::move(result));
    if (next.unfetched) {
      co_await fetch_and_conclude(s, t, *next.unfetched);
    }
    if (next.ended) co_return;
    if (next.at_once) continue;
    ++waiting_;
    t.stands_back += server_.stand_back();
    co_await parts_.time.sleep_until(parts_.time.now() + next.wait);
    --waiting_;
  }
}

/// Did an earlier process ask for the row, and was stopped while it fetched a file of the answer?
awaitable<bool> scheduler::fetch_for_paid(shipment& s) {
  const parcel& row = s.first();
  const auto paid = parts_.paid->find(row.from.index, row.hash);
  if (!paid || s.size() > 1 || parts_.files == nullptr) co_return false;
  http_response response(200, "x-request-id: " + paid->request_id + "\r\n", paid->body);
  answer a = read_answer(std::move(response), parts_.job, {}, parts_.time.wall_now());
  if (a.what.kind != answer_kind::success) co_return false;
  admitted_or_dropped(s);
  trip t;
  t.attempts = 1;
  co_await fetch_and_conclude(s, t, a);
  co_return true;
}

awaitable<void> scheduler::fetch_and_conclude(shipment& s, const trip& t, answer& a) {
  // A body whose images came with it holds them no more.
  const bool is_whole = std::ranges::none_of(
      a.what.artifacts, [](const artifact& file) { return file.address.empty(); });
  const bool to_the_end = co_await fetch_files(a.what, parts_.job, *parts_.files, parts_.time);
  if (!to_the_end && is_whole && s.size() == 1) {
    if (keep_paid(s.first(), a.request_id, a.what.body)) co_return;
  }
  conclude(std::move(s), t, std::move(a));
}

/// The row stays open then.
bool scheduler::keep_paid(const parcel& p, const std::string& request_id, const std::string& body) {
  if (parts_.paid == nullptr) return false;
  return parts_.paid->keep(p.from.index, paid_answer(p.hash, request_id, body));
}

time_point scheduler::begin_attempt(const shipment& s, trip& t) {
  statistics_.attempt_begun();
  if (s.is_part()) statistics_.attempt_of_part();
  if (++t.attempts == 1) {
    t.first_at = t.sent.at;
  } else {
    statistics_.attempt_retried();
  }
  // From now: between the gate and here the process may have been stopped for long.
  return parts_.time.now() + parts_.spec.api.timeout;
}

scheduler::next_step scheduler::end_attempt(shipment& s, trip& t, ticket& fee,
                                            attempt_result&& result) {
  last_sign_ = parts_.time.now();
  std::vector<const prepared_request*> packed;
  if (packing_.rows > 0) packed = s.prepared();
  answer a = read_answer(std::move(result), parts_.job, packed, parts_.time.wall_now());
  purse_.settle(fee, a);
  if (a.what.kind == answer_kind::rate_limited) ++t.refused;
  if (a.what.kind == answer_kind::unexpected) ++t.unexpected;
  const retry_decision decision = digest(t, a);
  const auto* again = std::get_if<retry_after>(&decision);
  if (again == nullptr || a.given_up) return end_trip(s, t, std::move(a));
  parts_.observer.attempt_failed(s.first().from, t.attempts, a.what.code, again->wait);
  if (a.what.kind == answer_kind::unreachable) --t.attempts;  // nothing was sent
  t.spent += a.what.tokens;
  next_step next;
  next.at_once = again->whole_model;
  next.wait = again->wait;
  return next;
}

/// Without a last word the rows stay open: the run is being stopped.
scheduler::next_step scheduler::end_trip(shipment& s, const trip& t, answer&& a) {
  next_step next;
  next.ended = true;
  if (a.given_up || a.what.kind == answer_kind::run_stopped) return next;
  a.what.tokens += t.spent;
  if (parts_.files != nullptr && !a.what.artifacts.empty()) {
    next.unfetched = std::make_unique<answer>(std::move(a));
  } else {
    conclude(std::move(s), t, std::move(a));
  }
  return next;
}

/// The last word on all rows of a shipment, unless its halves have more to say.
void scheduler::conclude(shipment&& s, const trip& t, answer&& a) {
  const unsigned attempts = s.attempts_before() + t.attempts;
  if (s.size() == 1 && a.each.empty()) {
    const parcel& p = s.first();
    return finish(p.from, p.hash, outcome_of(p.prepared, std::move(a), attempts));
  }
  const bool refused = a.what.kind == answer_kind::row_failed && !a.what.for_all;
  if (refused && s.size() > 1) return bisect(std::move(s), attempts);
  if (s.size() > 1) statistics_.rows_packed(s.size());
  for (std::size_t i = 0; i < s.size(); ++i) {
    const parcel& p = s.rows()[i];
    finish(p.from, p.hash, outcome_of(p.prepared, answer_for(a, i), attempts));
  }
}

/// One row or some of them brought refusal on the whole pack: each half goes its own way.
void scheduler::bisect(shipment&& s, unsigned attempts) {
  shipment later = s.split(attempts);
  board(std::move(s));
  board(std::move(later));
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
  server_.attempted(a, t.sent.at);
  gate_.leave(*t.model, t.sent, report_of(t.sent, a));
  return next;
}

void scheduler::count(const trip& t, const answer& a) {
  if (packing_.rows > 0 && a.limits.tokens.limit) {
    // A request for more than a minute allows would be refused.
    const double most = *a.limits.tokens.limit * parts_.spec.limits.share;
    packer_.bound_tokens(static_cast<std::int64_t>(most));
  }
  if (a.status == 429) statistics_.attempt_rate_limited();
  if (!was_paid(a.what.kind)) return;
  statistics_.attempt_answered(parts_.time.now() - t.sent.at);
}

}  // namespace batchmill
