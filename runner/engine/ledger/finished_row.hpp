// A row's last word, as the ledger keeps it, and what many of them add up to.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "batchmill/outcome.hpp"

namespace batchmill {

struct finished_row {
  finished_row() = default;

  std::uint64_t index = 0;
  std::uint64_t hash = 0;  // of what was sent for it; 0: unknown
  bool ok = false;
  unsigned attempts = 0;
  token_usage tokens;
  std::string reason;              // of a failure: what it is counted by
  std::string line;                // of the output, without its end
  std::string failed_input;        // the input line, when it is to be kept for the failed file
  std::vector<std::string> files;  // that the line names, to be made durable before it

  shared_bytes vector;              // its record of the matrix; empty: none, or not a number
  std::vector<std::string> labels;  // what it is counted under besides

  std::size_t bytes() const {
    return sizeof *this + line.size() + failed_input.size() + reason.size() + vector.size();
  }
};

/// Counted over finished rows.
struct row_counts {
  row_counts() = default;

  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  std::uint64_t attempts = 0;
  token_usage tokens;
  std::map<std::string, std::uint64_t> failures;
  std::map<std::string, std::uint64_t> labels;

  std::uint64_t rows() const { return ok + failed; }

  void add(const finished_row& row) {
    attempts += row.attempts;
    tokens += row.tokens;
    for (const std::string& label : row.labels) ++labels[label];
    if (row.ok) {
      ++ok;
    } else {
      ++failed;
      ++failures[row.reason];
    }
  }
};

}  // namespace batchmill
