// One model's rows before the network, and its traffic.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "runner/engine/parking.hpp"
#include "runner/flow/model_traffic.hpp"

namespace batchmill {

/// A row that waits at the gate.
struct gate_waiter {
  gate_waiter(executor ex, const token_estimate& e) : spot(ex), estimate(e) {}

  parking_spot spot;
  token_estimate estimate;
  departure sent;
  bool admitted = false;
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
