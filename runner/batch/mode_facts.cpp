#include "runner/batch/mode_facts.hpp"

#include <memory>
#include <string>

#include "runner/batch/part_cutter.hpp"

namespace batchmill {

mode_facts mode_facts_of(const job_spec& spec, const row_job& job, row_source& rows,
                         wall_time now) {
  mode_facts facts;
  facts.rows = rows.total().rows;
  facts.prefer = spec.prefer;
  facts.batch_possible = batch_obstacle(spec).empty();
  facts.requests_per_minute = spec.limits.requests_per_minute;
  facts.tokens_per_minute = spec.limits.tokens_per_minute;
  if (const auto deadline = deadline_after(spec.deadline, now)) {
    facts.time_given = std::chrono::duration_cast<duration>(*deadline - now);
  }
  const row first(0, std::string(rows.peek()), std::make_shared<const std::string>(), 1);
  if (const auto prepared = job.prepare(first)) {
    facts.tokens_per_row =
        static_cast<double>(prepared->prompt_tokens + prepared->max_output_tokens);
  }
  return facts;
}

}  // namespace batchmill
