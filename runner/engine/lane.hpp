// One model's rows before the network, and its traffic.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "runner/flow/model_traffic.hpp"

namespace batchmill {

/// What waits at the gate. One of the two is called, once, perhaps within the call that began the
/// wait.
class gate_waiter {
 public:
  explicit gate_waiter(const token_estimate& e) : estimate(e) {}
  gate_waiter(const gate_waiter&) = delete;
  gate_waiter& operator=(const gate_waiter&) = delete;

  virtual void let_in(const departure& sent) = 0;
  virtual void turn_away() = 0;

  token_estimate estimate;

 protected:
  ~gate_waiter() = default;
};

/// Limits are kept per model and endpoint, so a lane that waits holds up no other.
struct lane {
  lane(std::string n, const limits_spec& limits, duration longest_pause)
      : name(std::move(n)), traffic(limits, longest_pause) {}

  std::string name;  // of the model
  model_traffic traffic;
  std::multimap<std::uint64_t, gate_waiter*> waiting;  // by row: the oldest goes first
  rate_hold held = rate_hold::none;  // why the first of them waits, if not for a slot
  let_in_by waits_for = let_in_by::room;
};

}  // namespace batchmill
