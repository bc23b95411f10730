// What one attempt brought, read.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "batchmill/clock.hpp"
#include "batchmill/job.hpp"
#include "batchmill/transport.hpp"
#include "runner/flow/response_headers.hpp"

namespace batchmill {

struct answer {
  answer() = default;

  reading what;
  std::vector<reading> each;        // of a packed answer that succeeded: one for each row
  int status = 0;                   // 0: no response
  std::optional<net_errc> failure;  // why there is none
  std::string request_id;
  rate_headers limits;
  std::optional<duration> server_wait;
  std::optional<bool> should_retry;
  bool given_up = false;  // the run was aborted
};

using packed_rows = std::span<const prepared_request* const>;

/// `packed`: of jobs that pack, the rows that were asked; empty for other jobs. `now` is what dates
/// in headers are compared with.
answer read_answer(attempt_result result, const row_job& job, packed_rows packed, wall_time now);

/// The row's last word, when this was its last attempt.
outcome outcome_of(const prepared_request& prepared, answer&& a, unsigned attempts);

/// What the answer to a pack means for one of its rows.
answer answer_for(answer& packed, std::size_t row);

/// The last word about a row that could not be sent at all.
outcome outcome_of(const row_failure& failure);

}  // namespace batchmill
