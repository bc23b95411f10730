// Cuts the rows of a run into parts: one model each, none over what a batch may hold.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "batchmill/job.hpp"
#include "batchmill/job_spec.hpp"
#include "runner/batch/part_writer.hpp"
#include "runner/engine/request_price.hpp"

namespace batchmill {

/// What the Batch API calls the endpoint of a spec.
std::string batch_endpoint(const job_spec& spec);

/// Why the Batch API cannot do this job, with the place in the spec; empty when it can.
std::string batch_obstacle(const job_spec& spec);

class part_cutter {
 public:
  /// `spec` and `numbers`, the number of the newest part of all, must outlive it.
  part_cutter(const job_spec& spec, const part_paths& paths, std::uint64_t& numbers);

  /// Why the row cannot go into a batch file; nothing when it can.
  std::optional<row_failure> check(const row& r, const prepared_request& prepared) const;

  /// Takes a row that `check` has nothing against. Returns the part that it had no room in any
  /// more.
  std::optional<batch_part> add(row&& r, prepared_request&& prepared, std::uint64_t hash,
                                const request_price& price = request_price());

  /// The parts begun, as they are.
  std::vector<batch_part> finish();

  /// From now on no part has more tokens than this, if its rows allow.
  void bound_tokens(std::int64_t most);

 private:
  struct open_part {
    open_part(const part_paths& paths, batch_part facts) : writer(paths, std::move(facts)) {}

    part_writer writer;
    std::unordered_map<std::uint64_t, std::uint64_t> firsts;  // request hash -> row that asks
  };

  open_part& part_for(const std::string& model);
  std::optional<batch_part> make_room(const std::string& model, const part_row& r,
                                      std::size_t bytes);
  batch_part close(const std::string& model);

  const job_spec& spec_;
  part_paths paths_;
  std::uint64_t& numbers_;
  std::string endpoint_;
  part_bounds bounds_;
  std::map<std::string, std::unique_ptr<open_part>> open_;  // by model
};

}  // namespace batchmill
