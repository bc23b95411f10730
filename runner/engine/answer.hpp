// What one attempt brought, read.
#pragma once

#include <optional>
#include <string>

#include "batchmill/clock.hpp"
#include "batchmill/job.hpp"
#include "batchmill/transport.hpp"
#include "runner/flow/response_headers.hpp"

namespace batchmill {

struct answer {
  answer() = default;

  reading what;
  int status = 0;  // 0: no response
  std::string request_id;
  rate_headers limits;
  std::optional<duration> server_wait;
  std::optional<bool> should_retry;
  bool given_up = false;  // the run was aborted
};

/// `now` is what dates in headers are compared with.
answer read_answer(attempt_result result, const row_job& job, wall_time now);

/// Of an attempt that was not made, because the row cannot be sent any more.
answer unsendable(std::string why);

/// The row's last word, when this was its last attempt.
outcome outcome_of(const prepared_request& prepared, answer a, unsigned attempts);

/// The last word about a row that could not be sent at all.
outcome outcome_of(const row_failure& failure);

}  // namespace batchmill
