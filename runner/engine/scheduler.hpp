// The engine: pulls rows, sends each until it is answered, and hands its last word to the writer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "runner/engine/admission.hpp"
#include "runner/engine/answer.hpp"
#include "runner/engine/delivery.hpp"
#include "runner/engine/packer.hpp"
#include "runner/engine/run_statistics.hpp"
#include "runner/engine/scheduler_parts.hpp"
#include "runner/engine/server_watch.hpp"
#include "runner/engine/stoppable.hpp"
#include "runner/engine/task_group.hpp"
#include "runner/engine/twins.hpp"
#include "runner/flow/retry_policy.hpp"

namespace batchmill {

class scheduler final : public stoppable {
 public:
  scheduler(executor ex, const scheduler_parts& parts, std::uint64_t seed);

  /// Returns when every row is finished, or the run was stopped and nothing is under way any more.
  /// Throws run_error when the output cannot be written or the input cannot be read on.
  awaitable<void> run();

  /// Sends nothing any more; what is in flight may still be answered. What is not stays open, to be
  /// asked by the next run.
  void drain(std::string reason) override;

  /// Gives up all that is under way, at once.
  void abort() override;

  run_summary summary() const;

 private:
  /// What is remembered of a shipment between its attempts.
  struct trip {
    unsigned attempts = 0;
    unsigned refused = 0;           // by a rate limit
    unsigned unexpected = 0;        // answered otherwise than expected
    token_usage spent;              // for those answers
    bool has_passed = false;        // the gate, once at least
    std::uint64_t stands_back = 0;  // rows that may go before it
    time_point first_at{};
    departure sent;  // the present attempt
    lane* model = nullptr;
  };

  /// A shipment on its way.
  struct passage {
    passage() = default;
    explicit passage(shipment&& s) : cargo(std::move(s)) {}

    shipment cargo;
    trip way;
    token_estimate estimate;
    ticket fee;             // for the present attempt
    bool admitted = false;  // has it a slot for the next attempt?
  };

  /// A passage that waits at the gate for the first time. It needs no coroutine for that, and
  /// deletes itself when it is let in or turned away.
  class boarding final : public gate_waiter {
   public:
    boarding(scheduler& owner, passage&& p)
        : gate_waiter(p.estimate), owner_(owner), waiting_(std::move(p)) {}

    void let_in(const departure& sent) override;
    void turn_away() override;

   private:
    scheduler& owner_;
    passage waiting_;
  };

  /// What follows an attempt?
  struct next_step {
    next_step() = default;

    bool ended = false;                 // the rows have their last word, or stay open
    std::unique_ptr<answer> unfetched;  // their last word, but files of it must be fetched first
    bool at_once = false;               // else after `wait`
    duration wait{};
  };

  /// Where the coroutine of a shipment that has ended waits for another one: beginning anew would
  /// cost more.
  struct resting_place {
    resting_place(executor ex, passage& p) : spot(ex), next(p) {}

    parking_spot spot;
    passage& next;
    bool given = false;  // not when it is woken: there will be no more
  };

  awaitable<void> feed();
  awaitable<void> feed_all();
  awaitable<void> work(passage p);
  awaitable<void> process(passage& p);
  awaitable<bool> fetch_for_paid(shipment& s);
  awaitable<void> fetch_and_conclude(shipment& s, const trip& t, answer& a);
  bool keep_paid(const parcel& p, const std::string& request_id, const std::string& body);
  awaitable<void> tick();

  void take_in(row&& r);
  void ship_ready();
  void ship_all();
  void ship(shipment&& s);
  void board(shipment&& s);
  void begin(passage&& p);
  void end_rests();
  bool hungry() const;
  bool waits_in_vain() const;
  bool some_are_paid() const;
  void has_passed(passage& p);
  void admitted_or_dropped(const shipment& s);
  time_point begin_attempt(const shipment& s, trip& t);
  next_step end_attempt(shipment& s, trip& t, ticket& fee, attempt_result&& result);
  next_step end_trip(shipment& s, const trip& t, answer&& a);
  retry_decision digest(const trip& t, const answer& a);
  void count(const trip& t, const answer& a);
  void conclude(shipment&& s, const trip& t, answer&& a);
  void bisect(shipment&& s, unsigned attempts);
  bool shares(row& r, const prepared_request& prepared, std::uint64_t hash);
  void finish(const row& r, std::uint64_t hash, outcome&& result);
  void deliver_to(const row& r, std::uint64_t hash, outcome&& result);
  void stop(std::string reason);
  bottleneck held_by() const;
  run_status status();

  executor executor_;
  scheduler_parts parts_;
  retry_policy retry_;
  run_statistics statistics_;
  delivery delivery_;
  twins twins_;
  pack_limits packing_;
  packer packer_;
  task_group rows_;     // the feeder and a coroutine per shipment
  task_group helpers_;  // alarms and the ticker
  admission gate_;
  server_watch server_;
  purse purse_;
  parking_spot appetite_;  // the feeder waits here
  std::mt19937_64 random_;

  std::uint64_t ahead_ = 0;        // shipments begun that have not passed the gate yet
  std::uint64_t ahead_bytes_ = 0;  // their texts
  std::uint64_t waiting_ = 0;      // shipments that sleep between two attempts
  std::vector<resting_place*> resting_;
  std::size_t boarding_ = 0;  // passages that wait at the gate without a coroutine
  parking_spot boarded_;      // who waits here goes on when there are none
  bool fed_ = false;          // no more rows will come
  bool starved_ = false;      // the input is a pipe with nothing in it
  bool finished_ = false;
  bool aborted_ = false;
  std::optional<time_point> give_up_at_;
  time_point last_sign_{};  // of the server, or the begin of draining
  run_end end_ = run_end::complete;
  std::string stop_reason_;
  bool draining_ = false;
};

}  // namespace batchmill
