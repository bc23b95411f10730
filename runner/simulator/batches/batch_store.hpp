// All batches, and the work on them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "batchmill/simulation.hpp"
#include "runner/simulator/api_error.hpp"
#include "runner/simulator/batches/batch_job.hpp"

namespace batchmill::simulator_detail {

/// For tests to read.
struct batch_books {
  std::uint64_t created = 0;
  std::uint64_t lost = 0;  // of these: the answer was lost on purpose
};

class batch_store {
 public:
  /// All must outlive the store.
  batch_store(const simulated_batches& options, std::uint64_t seed, const simulated_clock& clock,
              file_store& files, line_executor& executor);

  /// Why the batch cannot be created now, if so. `input` is its file.
  refusal may_create(const file_content& input);

  /// `facts` as the client wants them.
  const batch_facts& create(batch_facts facts, file_content input);

  /// Null when there is none.
  batch_job* find(std::string_view id);

  /// By age.
  const std::map<std::string, batch_job, std::less<>>& all() const { return batches_; }

  /// Does a slice of what is due. True when more is due now.
  bool work();

  /// Is the answer to the batch just created to be lost?
  bool loses_answer();

  /// `counted`: it is known what was executed before.
  void write_books(json_writer& json, bool counted) const;

 private:
  batch_fate next_fate(const std::string& id);
  bool queues_at_once() const { return queue_.is_limited() && options_.refuse_at_once; }

  simulated_batches options_;
  std::uint64_t seed_;
  const simulated_clock& clock_;
  enqueued_tokens queue_;
  batch_surroundings around_;
  std::map<std::string, batch_job, std::less<>> batches_;
  std::map<std::string, batch_job*> unfinished_;
  std::string last_worked_on_;
  batch_books books_;
};

}  // namespace batchmill::simulator_detail
