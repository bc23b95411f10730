// How a run stands, read from its ledger by a bystander: nothing is locked and nothing changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runner/engine/ledger/identity.hpp"
#include "runner/engine/ledger/recovery.hpp"
#include "runner/engine/ledger/spending.hpp"

namespace batchmill {

struct run_state {
  run_state() = default;

  bool has_ledger = false;
  bool finished = false;
  row_counts counts;
  std::uint64_t in_output = 0;              // rows
  std::uint64_t ahead = 0;                  // rows that are finished before their turn
  std::optional<std::uint64_t> rows_total;  // nothing when the input cannot be counted
  std::optional<int> pid;                   // of the process that holds it
  std::optional<run_identity> identity;
  std::int64_t last_moved = 0;  // seconds since 1970
  spending spent;               // as last written: within the last seconds, or at the end
};

/// Throws usage_error when there is neither ledger nor output.
run_state look_at(const std::string& output);

}  // namespace batchmill
