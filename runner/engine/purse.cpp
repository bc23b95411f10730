#include "runner/engine/purse.hpp"

#include <fmt/format.h>

#include <utility>

#include "batchmill/error.hpp"
#include "runner/flow/dollars.hpp"

namespace batchmill {
namespace {

constexpr auto save_every = std::chrono::seconds(5);

}  // namespace

purse::purse(executor ex, const job_spec& spec, const purse_parts& parts,
             std::function<void(std::string)> stop)
    : executor_(ex),
      parts_(parts),
      stop_(std::move(stop)),
      place_(spec.file.empty() ? "limits.budget" : spec.where("limits.budget")),
      books_(parts.models, parts.earlier.models, spec.limits.budget.has_value()),
      budget_(spec.limits.budget, parts.earlier.booked()),
      promised_(parts.earlier.booked()) {}

model_account& purse::account_for(const prepared_request& first) {
  model_account& account = books_.of(first.model);
  if (!std::exchange(account.met, true) && meet_) meet_(first);
  return account;
}

ticket purse::ticket_for(const shipment& s, billing how) {
  ticket t;
  const prepared_request& first = s.first().prepared;
  t.due.account = &account_for(first);
  t.due.factor = first.price_factor;
  t.due.how = how;
  const model_account& account = *t.due.account;
  if (!budget_.capped() || !account.facts) return t;
  t.price = price_of(s, *account.facts, account.outputs, how);
  if (t.price) t.due.counted = exact_prompt(s);
  return t;
}

/// A server may count in another way than we do, and the budget must hold nevertheless. So answers
/// must have borne our counts out, be it while the ticket was waiting.
const fare& purse::fare_of(const ticket& t) {
  const bool proven = t.due.account->prompts.proven();
  return proven ? t.price->as_counted : t.price->whatever_it_counts;
}

bool purse::pay(ticket& t) {
  if (!budget_.capped()) return true;
  if (closed_ || !waiting_.empty() || !t.price) return false;
  if (budget_.judge(fare_of(t)) != budget::verdict::go) return false;
  return take(t);
}

/// False when the promise cannot be kept on the disk: the run is stopped then.
bool purse::take(ticket& t) {
  const money amount = budget_.hold_for(fare_of(t));
  if (const auto next = budget_.promise_for(amount); next && !promise(*next)) return false;
  t.due.held = amount;
  budget_.hold(amount);
  return true;
}

awaitable<bool> purse::wait(std::uint64_t row, ticket& t) {
  waiter me(executor_, t);
  const auto place = waiting_.emplace(row, &me);
  pump();
  while (!me.paid && !closed_) co_await me.spot.wait();
  if (!me.paid) waiting_.erase(place);
  co_return me.paid;
}

/// The oldest first; the others wait for it, or large requests would starve.
void purse::pump() {
  while (!closed_ && !waiting_.empty()) {
    waiter& next = *waiting_.begin()->second;
    if (!next.wanted.price) {
      stop_(
          fmt::format("{}: what requests to the model {} cost is not known, so no budget can be "
                      "kept; add its prices to a file that `models` names",
                      place_, next.wanted.due.account->sums.model));
      return;
    }
    const budget::verdict verdict = budget_.judge(fare_of(next.wanted));
    if (verdict == budget::verdict::wait) return;
    if (verdict == budget::verdict::never) return stop_(used_up(fare_of(next.wanted)));
    if (!take(next.wanted)) return;
    next.paid = true;
    next.spot.wake();
    waiting_.erase(waiting_.begin());
  }
}

std::string purse::used_up(const fare& next) const {
  return fmt::format(
      "the next request may cost {}, but {} of the budget of {} are spent; raise the budget ({}) "
      "and "
      "give the same command to go on",
      show_dollars(next.least), show_dollars(budget_.booked()), show_dollars(budget_.cap()),
      place_);
}

std::string purse::too_dear(std::uint64_t requests, money most) const {
  return fmt::format(
      "a batch of {} requests may cost up to {}, but {} of the budget of {} are spent; bound the "
      "answers (max_tokens), raise the budget ({}), or accept smaller batches "
      "(batch.max_requests), "
      "and give the same command to go on",
      requests, show_dollars(most), show_dollars(budget_.booked()), show_dollars(budget_.cap()),
      place_);
}

void purse::settle(ticket& t, const answer& a) {
  const money cost = books_.book(t.due, a);
  budget_.settle(std::exchange(t.due.held, money()), cost);
  changed_ = true;
  pump();
}

void purse::give_back(ticket& t) {
  budget_.settle(std::exchange(t.due.held, money()), money());
  pump();
}

std::optional<request_price> purse::price_for(const prepared_request& p, billing how) {
  const model_account& account = account_for(p);
  if (!budget_.capped()) return request_price();
  if (!account.facts) return std::nullopt;
  return price_of(p, *account.facts, account.outputs, how);
}

void purse::book_one(const std::string& model, expense due, const answer& a) {
  due.account = &books_.of(model);
  budget_.settle(money(), books_.book(due, a));
  changed_ = true;
}

void purse::book_lost(const std::string& model, std::uint64_t requests, money amount) {
  books_.book_lost(model, requests, amount);
  budget_.settle(money(), amount);
  changed_ = true;
}

void purse::save_booked() {
  if (!std::exchange(changed_, false)) return;
  spending now = snapshot();
  now.promised = now.booked();
  write(now);
}

void purse::close() {
  closed_ = true;
  for (const auto& [row, w] : waiting_) w->spot.wake();
}

/// Blocks, a few hundred times in a run at most.
bool purse::promise(money amount) {
  promised_ = amount;
  write(snapshot());
  if (!unsaved_.empty()) {
    stop_(unsaved_);
    return false;
  }
  budget_.promised(amount);
  return true;
}

void purse::write(const spending& all) {
  unsaved_.clear();
  if (parts_.file == nullptr) return;
  try {
    parts_.file->write(all);
  } catch (const run_error& why) {
    unsaved_ = why.what();
  }
}

spending purse::snapshot() const {
  spending now;
  now.models = by_model();
  now.unsettled = parts_.earlier.unsettled;
  now.promised = budget_.capped() ? promised_ : now.booked();
  return now;
}

void purse::save(time_point now) {
  if (!changed_ || now - saved_at_ < save_every) return;
  saved_at_ = now;
  changed_ = false;
  write(snapshot());
}

void purse::save_last() {
  if (books_.empty()) return;
  spending last = snapshot();
  last.promised = last.booked() + budget_.held();
  write(last);
}

run_cost purse::cost() const {
  run_cost now;
  now.begun = now.known = !books_.empty();
  now.at_risk = parts_.earlier.unsettled;
  books_.add_to(now);
  now.in_flight = budget_.held();
  if (budget_.capped()) now.budget = budget_.cap();
  return now;
}

}  // namespace batchmill
