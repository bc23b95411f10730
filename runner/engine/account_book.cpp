#include "runner/engine/account_book.hpp"

#include "runner/engine/request_price.hpp"
#include "runner/flow/billing_rule.hpp"

namespace batchmill {
namespace {

bool is_free(const model_account& account) {
  if (!account.facts) return false;
  const token_prices& prices = account.facts->prices;
  return prices.input == 0.0 && prices.output.value_or(0) == 0.0;
}

}  // namespace

account_book::account_book(const model_catalogue* models, const std::vector<model_cost>& earlier,
                           bool capped)
    : models_(models), capped_(capped) {
  for (const model_cost& m : earlier) of(m.model).sums = m;
}

model_account& account_book::of(std::string_view model) {
  const auto found = accounts_.find(model);
  if (found != accounts_.end()) return *found->second;
  auto made = std::make_unique<model_account>();
  made->sums.model = model;
  if (models_ != nullptr) made->facts = models_->find(model);
  made->sums.priced = made->facts && made->facts->prices.input.has_value();
  return *accounts_.emplace(std::string(model), std::move(made)).first->second;
}

money account_book::book(const expense& e, const answer& a) {
  model_cost& sums = e.account->sums;
  const billed how =
      a.status == 0 ? bill_of(a.what.code) : bill_of(a.status, a.what.kind, a.what.tokens);
  money cost;
  if (how == billed::no) ++sums.unbilled;
  if (how == billed::yes) cost = book_usage(e, a.what.tokens);
  if (how == billed::lost) ++sums.lost;
  if (how == billed::unstated) ++sums.requests;
  if (how == billed::lost || (how == billed::unstated && !is_free(*e.account))) {
    cost = e.held;
    sums.at_risk += e.held;
    if (how == billed::unstated && !capped_) sums.priced = false;
  }
  return cost;
}

money account_book::book_usage(const expense& e, const token_usage& used) {
  model_account& account = *e.account;
  ++account.sums.requests;
  account.sums.tokens += used;
  account.outputs.add(used.completion);
  if (e.counted) account.prompts.add(*e.counted, used.prompt);
  const auto cost = account.facts ? cost_of(*account.facts, used, e.how) : std::nullopt;
  if (!cost || e.factor <= 0) {
    account.sums.priced = false;
    return e.held;
  }
  account.sums.spent += scaled(*cost, e.factor);
  return scaled(*cost, e.factor);
}

void account_book::book_lost(std::string_view model, std::uint64_t requests, money amount) {
  model_cost& sums = of(model).sums;
  sums.lost += requests;
  sums.at_risk += amount;
}

bool account_book::counts_are_proven(std::string_view model) const {
  const auto found = accounts_.find(model);
  return found != accounts_.end() && found->second->prompts.proven();
}

void account_book::add_to(run_cost& all) const {
  for (const auto& [name, account] : accounts_) {
    all.known = all.known && account->sums.priced;
    all.spent += account->sums.spent;
    all.at_risk += account->sums.at_risk;
  }
}

std::vector<model_cost> account_book::by_model() const {
  std::vector<model_cost> all;
  for (const auto& [name, account] : accounts_) all.push_back(account->sums);
  return all;
}

}  // namespace batchmill
