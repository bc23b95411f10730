// A batch on its way from validation to its end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runner/simulator/batches/batch.hpp"
#include "runner/simulator/batches/batch_plan.hpp"
#include "runner/simulator/batches/enqueued_tokens.hpp"
#include "runner/simulator/batches/execution.hpp"
#include "runner/simulator/batches/validation.hpp"
#include "runner/simulator/files/file_store.hpp"

namespace batchmill::simulator_detail {

/// What batches use together; all of it must outlive them.
struct batch_surroundings {
  const simulated_clock& clock;
  file_store& files;
  enqueued_tokens& queue;
  line_executor& executor;
};

/// What becomes of a batch on purpose.
struct batch_fate {
  double time = 0;      // seconds from creation to end
  bool fails = false;   // each of its requests does
  bool queued = false;  // its tokens are counted already
  std::uint64_t seed = 0;
};

class batch_job {
 public:
  batch_job(batch_facts facts, file_content input, const batch_fate& fate,
            const batch_surroundings& around);

  /// Does what is due, up to the slice's end. True when more is due now.
  bool work(work_slice& slice);

  /// What is not executed yet will not be. The batch must not be at its end.
  void cancel();

  const batch_facts& facts() const { return facts_; }
  const execution_books& books() const { return books_; }

 private:
  bool step(work_slice& slice);
  bool validate(work_slice& slice);
  bool progress(work_slice& slice);
  bool finalize(work_slice& slice);
  bool end_cancelled(work_slice& slice);
  void begin();
  bool counts_tokens() const;
  void fail(std::vector<batch_error> errors);
  void end(batch_status status, moment& noted, moment when);
  void take_counts();
  std::string keep(file_content content, std::string_view suffix);

  batch_facts facts_;
  file_content input_;
  batch_fate fate_;
  batch_plan plan_;
  batch_surroundings around_;
  std::unique_ptr<validation> validation_;
  std::unique_ptr<execution> execution_;
  execution_books books_;
};

/// For lists.
inline const std::string& id_of(const batch_job& batch) {
  return batch.facts().id;
}

}  // namespace batchmill::simulator_detail
