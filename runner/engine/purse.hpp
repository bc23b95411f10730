// The gate before the gate: holds money for each request, books what it cost, and keeps count by
// model. The oldest row goes first; none goes that could cost more than the budget has left.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/job.hpp"
#include "runner/engine/account_book.hpp"
#include "runner/engine/ledger/spending.hpp"
#include "runner/engine/parking.hpp"
#include "runner/engine/request_price.hpp"
#include "runner/engine/shipment.hpp"
#include "runner/flow/budget.hpp"

namespace batchmill {

/// Where money comes from, and what is known of prices. What it points to outlives the run.
struct purse_parts {
  purse_parts() = default;

  const model_catalogue* models = nullptr;  // null: no price is known
  const spending_file* file = nullptr;      // null: nothing is kept
  spending earlier;                         // by other processes of the run
};

/// A request's money on its way.
struct ticket {
  ticket() = default;

  std::optional<request_price> price;  // nothing: not known
  expense due;
};

class purse {
 public:
  /// `stop` ends the run with a sentence; it is called when the budget is used up.
  purse(executor ex, const job_spec& spec, const purse_parts& parts,
        std::function<void(std::string)> stop);

  /// Calls `meet` with the first request to each model, before it is sent.
  void on_first(std::function<void(const prepared_request&)> meet) { meet_ = std::move(meet); }

  /// What a request will need. The ticket lasts for one attempt.
  ticket ticket_for(const shipment& s, billing how = billing::online);

  /// Takes the money if it is there and nobody older waits for it.
  bool pay(ticket& t);

  /// Waits for the money. False: the run is being stopped.
  awaitable<bool> wait(std::uint64_t row, ticket& t);

  /// The attempt is over.
  void settle(ticket& t, const answer& a);

  /// The request was not sent.
  void give_back(ticket& t);

  /// For requests that go out many together: what one may cost; nothing when that is not known.
  /// Zero without a budget.
  std::optional<request_price> price_for(const prepared_request& prepared, billing how);

  /// Have answers of the model borne out how we count its prompts?
  bool counts_are_proven(std::string_view model) const { return books_.counts_are_proven(model); }

  /// May so much be set aside for all of them? The promise on the disk does not cover it: who sets
  /// it aside keeps account of it.
  budget::verdict judge(money amount) const { return budget_.judge(fare(amount, amount)); }
  void set_aside(money amount) { budget_.hold(amount); }
  void release(money amount) { budget_.settle(amount, money()); }

  /// Books what one of them cost, or may have cost, before what was set aside is released.
  void book_one(const std::string& model, expense due, const answer& a);

  /// Requests that may be billed although nobody has their answers; `amount` at most.
  void book_lost(const std::string& model, std::uint64_t requests, money amount);

  /// Brings to the disk what was booked since the last time, at once.
  void save_booked();

  /// Those who wait are turned away.
  void close();

  /// Brings to the disk what was booked, now and then or, at the end, at once.
  void save(time_point now);
  void save_last();

  /// Why what was booked is not on the disk; empty when it is.
  const std::string& unsaved() const { return unsaved_; }

  /// The sentence for a request that the budget has no room for.
  std::string used_up(const fare& next) const;

  /// The sentence for a batch that it has no room for, although for some of its requests.
  std::string too_dear(std::uint64_t requests, money most) const;

  bool anyone_waits() const { return !waiting_.empty(); }
  run_cost cost() const;
  std::vector<model_cost> by_model() const { return books_.by_model(); }

 private:
  struct waiter {
    waiter(executor ex, ticket& t) : spot(ex), wanted(t) {}
    parking_spot spot;
    ticket& wanted;
    bool paid = false;
  };

  model_account& account_for(const prepared_request& first);
  static const fare& fare_of(const ticket& t);
  bool take(ticket& t);
  void pump();
  bool promise(money amount);
  void write(const spending& all);
  spending snapshot() const;

  executor executor_;
  purse_parts parts_;
  std::function<void(std::string)> stop_;
  std::function<void(const prepared_request&)> meet_;
  std::string place_;  // of the budget in the spec
  account_book books_;
  std::multimap<std::uint64_t, waiter*> waiting_;  // by row: those in flight may be asked again
  budget budget_;
  money promised_;
  bool closed_ = false;
  bool changed_ = false;
  time_point saved_at_{};
  std::string unsaved_;
};

}  // namespace batchmill
