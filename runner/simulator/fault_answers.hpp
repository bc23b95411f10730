// The answers of faults that strike before anything is executed.
#pragma once

#include <cstdint>
#include <string_view>

#include "runner/simulator/exchange.hpp"
#include "runner/simulator/faults.hpp"

namespace batchmill::simulator_detail {

struct fault_setting {
  std::string_view model;
  std::string_view key;         // as the client sent it
  std::string_view request_id;  // for texts that quote it
  double requests_per_minute = 0;
  std::uint64_t hash = 0;  // decides what may vary
};

/// Status, body and the headers that belong to the fault; `f` is not executed.
sim_answer answer_fault(fault f, const fault_setting& setting);

}  // namespace batchmill::simulator_detail
