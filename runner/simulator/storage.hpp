// What the simulator keeps between requests: files, uploads, batches and fine-tuning jobs.
#pragma once

#include <cstdint>
#include <string>

#include "batchmill/simulation.hpp"
#include "runner/simulator/batches/batch_store.hpp"
#include "runner/simulator/files/file_store.hpp"
#include "runner/simulator/files/upload_store.hpp"
#include "runner/simulator/fine_tuning/tuning_store.hpp"
#include "runner/simulator/simulated_clock.hpp"

namespace batchmill::simulator_detail {

class storage {
 public:
  /// `executor` must outlive it.
  storage(const simulation_options& options, moment start, line_executor& executor);

  storage(const storage&) = delete;
  storage& operator=(const storage&) = delete;

  /// What GET /simulator/batches tells.
  std::string books() const;

  simulated_clock clock;
  file_store files;
  upload_store uploads;
  batch_store batches;
  tuning_store tuning;
  std::uint64_t downloads_to_break;

 private:
  bool counts_executions_;
};

}  // namespace batchmill::simulator_detail
