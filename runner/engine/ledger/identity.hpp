// Which run a ledger belongs to: a small SQLite file, written when a process begins and ends, never
// in between.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "batchmill/job_spec.hpp"

namespace batchmill {

struct input_file {
  input_file() = default;
  input_file(std::string p, std::uint64_t s) : path(std::move(p)), size(s) {}
  bool operator==(const input_file&) const = default;

  std::string path;  // absolute; "-" is standard input
  std::uint64_t size = 0;
};

struct run_identity {
  run_identity() = default;

  std::string run_id;  // made once per output, kept over all resumptions
  std::string spec_name;
  std::string fingerprint;  // of what the spec puts into requests
  output_format format = output_format::batch;
  std::vector<input_file> inputs;
  std::string started;       // UTC, ISO 8601: the first process
  std::string resumed;       // the newest one
  bool finished = false;     // every row of the input has its line
  unsigned generation = 0;   // how often the output was begun anew from an earlier one's results
  bool moving = false;       // the earlier output of this generation is not yet out of the way
  bool drop_failed = false;  // failed rows of earlier generations are asked again
};

/// Nothing when there is none, or it cannot be read. `repair`: what a process that was killed left
/// half-written is rolled back, which needs the lock; without it such a file reads as nothing.
std::optional<run_identity> read_identity(const std::string& path, bool repair);

/// Replaces all of it in one transaction. A file that is no database is replaced. Throws run_error.
void write_identity(const std::string& path, const run_identity& identity);

/// Of a run that begins now on these inputs.
run_identity new_identity(const job_spec& spec, const std::vector<std::string>& inputs);

/// The spec's keys that put something else into requests now: "`model`, `template`".
std::string changed_keys(const run_identity& before, const run_identity& now);

}  // namespace batchmill
