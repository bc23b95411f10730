// One request on its way through the service.
#pragma once

#include <cstdint>
#include <string>

#include "runner/simulator/account.hpp"
#include "runner/simulator/address.hpp"
#include "runner/simulator/exchange.hpp"
#include "runner/simulator/faults.hpp"
#include "runner/simulator/routes.hpp"

namespace batchmill::simulator_detail {

struct visit {
  visit(const sim_request& r, time_point t) : request(r), now(t), where(read_address(r.target)) {}

  const sim_request& request;
  time_point now;
  address where;
  std::uint64_t hash = 0;  // of seed and body
  std::string request_id;
  route_match match;
  std::string model;  // whose rate-limit headers belong into the answer; empty: none
  fault hit = fault::none;
  duration latency{};
  bool told_limits = true;  // the answer carries the headers of limits
  bool batched = false;     // it is a line of a batch: no limits, no wire
  bool fails = false;       // it is to end with a server error
  bool repeated = false;    // the same request was executed before, if they are counted
  token_usage usage;        // of its answer
  departure leaving;
  account_entry entry;
};

}  // namespace batchmill::simulator_detail
