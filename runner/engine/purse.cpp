#include "runner/engine/purse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "batchmill/error.hpp"
#include "runner/flow/billing_rule.hpp"
#include "runner/flow/dollars.hpp"

namespace batchmill {
namespace {

constexpr auto save_every = std::chrono::seconds(5);
constexpr std::int64_t no_bound = std::numeric_limits<std::int64_t>::max();

money scaled(money amount, float factor) {
  if (factor == 1) return amount;
  return money(std::llround(static_cast<double>(amount.pico()) * static_cast<double>(factor)));
}

/// A model cannot read more than its context.
std::int64_t bounded_prompt(std::int64_t tokens, const model_info& facts) {
  const auto context = facts.max_input ? facts.max_input : facts.context;
  return context ? std::min(tokens, *context) : tokens;
}

/// Tokens of the prompts of all rows, at most, however the server counts.
std::int64_t most_prompt(const shipment& s, const model_info& facts) {
  std::int64_t sum = 0;
  for (const parcel& p : s.rows()) {
    const std::int64_t own = p.prepared.most_prompt_tokens;
    sum = own == no_bound || sum == no_bound ? no_bound : sum + own;
  }
  return s.size() == 1 ? bounded_prompt(sum, facts) : sum;
}

std::optional<std::int64_t> exact_prompt(const shipment& s) {
  const bool known =
      std::ranges::all_of(s.rows(), [](const parcel& p) { return p.prepared.prompt_exact; });
  return known ? std::optional(s.prompt_tokens()) : std::nullopt;
}

bool is_free(const model_account& account) {
  if (!account.facts) return false;
  const token_prices& prices = account.facts->prices;
  return prices.input == 0.0 && prices.output.value_or(0) == 0.0;
}

}  // namespace

purse::purse(executor ex, const job_spec& spec, const purse_parts& parts,
             std::function<void(std::string)> stop)
    : executor_(ex),
      parts_(parts),
      stop_(std::move(stop)),
      place_(spec.file.empty() ? "limits.budget" : spec.where("limits.budget")),
      budget_(spec.limits.budget, parts.earlier.booked()),
      promised_(parts.earlier.booked()) {
  for (const model_cost& m : parts_.earlier.models) account_of(m.model).sums = m;
}

model_account& purse::account_of(std::string_view model) {
  const auto found = accounts_.find(model);
  if (found != accounts_.end()) return *found->second;
  auto made = std::make_unique<model_account>();
  made->sums.model = model;
  if (parts_.models != nullptr) made->facts = parts_.models->find(model);
  made->sums.priced = made->facts && made->facts->prices.input.has_value();
  return *accounts_.emplace(std::string(model), std::move(made)).first->second;
}

model_account& purse::account_for(const prepared_request& first) {
  model_account& account = account_of(first.model);
  if (!std::exchange(account.met, true) && meet_) meet_(first);
  return account;
}

ticket purse::ticket_for(const shipment& s, billing how) {
  ticket t;
  t.how = how;
  const prepared_request& first = s.first().prepared;
  t.account = &account_for(first);
  t.bounded = first.output_bounded;
  t.factor = first.price_factor;
  if (budget_.capped()) price(t, s);
  return t;
}

void purse::price(ticket& t, const shipment& s) const {
  if (!t.account->facts || t.factor <= 0) return;
  const model_info& facts = *t.account->facts;
  const std::int64_t prompt = most_prompt(s, facts);
  if (prompt == no_bound) return;
  const std::int64_t guess = s.max_output_tokens();
  std::int64_t most = guess;
  if (!t.bounded) {
    const std::int64_t own = std::max(guess, facts.max_output.value_or(guess));
    most = t.account->outputs.expect_at_most(own);
  }
  const auto fare_with = [&](std::int64_t tokens) -> std::optional<fare> {
    const auto at_least = most_cost(facts, tokens, std::min(guess, most), t.how);
    const auto at_most = most_cost(facts, tokens, most, t.how);
    if (!at_least || !at_most) return std::nullopt;
    return fare(scaled(*at_least, t.factor), scaled(*at_most, t.factor));
  };
  const auto whatever_it_counts = fare_with(prompt);
  if (!whatever_it_counts) return;
  t.price = *whatever_it_counts;
  t.priced = true;
  t.counted = exact_prompt(s);
  if (t.counted) t.counted_price = fare_with(*t.counted).value_or(t.price);
}

/// A server may count in another way than we do, and the budget must hold nevertheless. So answers
/// must have borne our counts out, be it while the ticket was waiting.
const fare& purse::fare_of(const ticket& t) {
  return t.counted && t.account->prompts.proven() ? t.counted_price : t.price;
}

bool purse::pay(ticket& t) {
  if (!budget_.capped()) return true;
  if (closed_ || !waiting_.empty() || !t.priced) return false;
  if (budget_.judge(fare_of(t)) != budget::verdict::go) return false;
  return take(t);
}

/// False when the promise cannot be kept on the disk: the run is stopped then.
bool purse::take(ticket& t) {
  const money amount = budget_.hold_for(fare_of(t));
  if (const auto next = budget_.promise_for(amount); next && !promise(*next)) return false;
  t.held = amount;
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
    if (!next.wanted.priced) {
      stop_(
          fmt::format("{}: what requests to the model {} cost is not known, so no budget can be "
                      "kept; add its prices to a file that `models` names",
                      place_, next.wanted.account->sums.model));
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
  book(t, a);
  t.held = money();
  changed_ = true;
  pump();
}

void purse::book(ticket& t, const answer& a) {
  model_cost& sums = t.account->sums;
  const billed how =
      a.status == 0 ? bill_of(a.what.code) : bill_of(a.status, a.what.kind, a.what.tokens);
  money cost;
  if (how == billed::no) ++sums.unbilled;
  if (how == billed::yes) cost = book_usage(t, a.what.tokens);
  if (how == billed::lost) ++sums.lost;
  if (how == billed::unstated) ++sums.requests;
  if (how == billed::lost || (how == billed::unstated && !is_free(*t.account))) {
    cost = t.held;
    sums.at_risk += t.held;
    if (how == billed::unstated && !budget_.capped()) sums.priced = false;
  }
  budget_.settle(t.held, cost);
}

money purse::book_usage(const ticket& t, const token_usage& used) {
  model_account& account = *t.account;
  ++account.sums.requests;
  account.sums.tokens += used;
  account.outputs.add(used.completion);
  if (t.counted) account.prompts.add(*t.counted, used.prompt);
  const auto cost = account.facts ? cost_of(*account.facts, used, t.how) : std::nullopt;
  if (!cost || t.factor <= 0) {
    account.sums.priced = false;
    return t.held;
  }
  account.sums.spent += scaled(*cost, t.factor);
  return scaled(*cost, t.factor);
}

void purse::give_back(ticket& t) {
  budget_.settle(t.held, money());
  t.held = money();
  pump();
}

std::optional<money> purse::most_for(const prepared_request& p, billing how) {
  const model_account& account = account_for(p);
  if (!budget_.capped()) return money();
  if (!account.facts || p.price_factor <= 0) return std::nullopt;
  const model_info& facts = *account.facts;
  // Servers with batches count as recorded, and what is set aside for a batch is missing for long.
  const bool is_counted = p.prompt_exact && !account.prompts.refuted();
  const std::int64_t prompt =
      is_counted ? p.prompt_tokens : bounded_prompt(p.most_prompt_tokens, facts);
  if (prompt == no_bound) return std::nullopt;
  std::int64_t output = p.max_output_tokens;
  if (!p.output_bounded) {
    const std::int64_t own = std::max(output, facts.max_output.value_or(output));
    output = account.outputs.expect_at_most(own);
  }
  const auto most = most_cost(facts, prompt, output, how);
  if (!most) return std::nullopt;
  return scaled(*most, p.price_factor);
}

void purse::book_one(const std::string& model, float factor, billing how, const answer& a) {
  ticket t;
  t.account = &account_of(model);
  t.factor = factor;
  t.how = how;
  book(t, a);
  changed_ = true;
}

void purse::book_lost(const std::string& model, std::uint64_t requests, money amount) {
  model_cost& sums = account_of(model).sums;
  sums.lost += requests;
  sums.at_risk += amount;
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
  if (accounts_.empty()) return;
  spending last = snapshot();
  last.promised = last.booked() + budget_.held();
  write(last);
}

run_cost purse::cost() const {
  run_cost now;
  now.begun = now.known = !accounts_.empty();
  now.at_risk = parts_.earlier.unsettled;
  for (const auto& [name, account] : accounts_) {
    now.known = now.known && account->sums.priced;
    now.spent += account->sums.spent;
    now.at_risk += account->sums.at_risk;
  }
  now.in_flight = budget_.held();
  if (budget_.capped()) now.budget = budget_.cap();
  return now;
}

std::vector<model_cost> purse::by_model() const {
  std::vector<model_cost> all;
  for (const auto& [name, account] : accounts_) all.push_back(account->sums);
  return all;
}

}  // namespace batchmill
