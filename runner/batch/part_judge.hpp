// What the answers of a part that has ended mean for its rows.
#pragma once

#include <string>

#include "batchmill/clock.hpp"
#include "batchmill/job.hpp"
#include "batchmill/job_spec.hpp"
#include "batchmill/outcome.hpp"
#include "runner/batch/answer_index.hpp"
#include "runner/batch/part.hpp"
#include "runner/batch/part_paths.hpp"
#include "runner/batch/part_row.hpp"
#include "runner/engine/answer.hpp"

namespace batchmill {

struct row_verdict {
  row_verdict() = default;

  outcome last;        // the last word, unless `again`
  bool again = false;  // the row has to be asked once more
  bool paid = false;   // it was answered, though not as expected
  std::string stop;    // why the whole run should stop; mostly empty
};

class part_judge {
 public:
  /// All must outlive the judge.
  part_judge(const job_spec& spec, const row_job& job, const part_paths& paths,
             const batch_part& part);

  /// What came for the row.
  answer read(const part_row& r, wall_time now) const;

  row_verdict judge(const part_row& r, answer a) const;

  /// The line that asks for the row.
  std::string request_of(const part_row& r) const;

  const answer_index& answers() const { return answers_; }

  /// Are rows without an answer asked elsewhere, however often they were in a batch?
  bool goes_online() const { return goes_online_; }

 private:
  bool may_ask_again(answer_kind kind) const;
  prepared_request prepared_for(const part_row& r) const;

  const job_spec& spec_;
  const row_job& job_;
  const batch_part& part_;
  bool goes_online_;
  answer_index answers_;
  disk_file requests_;
};

}  // namespace batchmill
