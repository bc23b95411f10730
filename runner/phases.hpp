// The two ways in which a run asks its rows: through the Batch API, and each by itself. A run takes
// one of them, or the second for what the first has left.
#pragma once

#include <functional>

#include <boost/asio/io_context.hpp>

#include "batchmill/run.hpp"
#include "runner/batch/part_paths.hpp"
#include "runner/engine/ledger/opening.hpp"
#include "runner/engine/scheduler_parts.hpp"

namespace batchmill {

/// What both ways work with. Everything must outlive them.
struct phase_parts {
  const job_spec& given;  // as the user has it
  const job_spec& spec;   // with the simulator's address, where there is one
  const row_job& job;
  row_source& rows;
  ledger& output;
  transport& wire;
  clock& time;
  run_observer& observer;
  opened_run& book;
  const artifact_store& artifacts;
  file_source* downloads;
  std::function<void(const row&)> recognize;
  part_paths parts;
  const run_options& options;
};

class run_phases {
 public:
  run_phases(boost::asio::io_context& io, const phase_parts& parts);

  /// Returns when the output is complete or the run stopped.
  run_summary run();

 private:
  struct batches_done;

  scheduler_parts engine_parts(row_source& rows, const row_counts& earlier) const;
  batches_done through_batches();
  run_summary online(row_source& rows, const row_counts& earlier);
  template <class Engine>
  run_summary drive(Engine& engine);

  boost::asio::io_context& io_;
  phase_parts parts_;
  std::uint64_t seed_;
};

}  // namespace batchmill
