// What the headers of a response say about rate limits and retrying.
#pragma once

#include <optional>

#include "batchmill/clock.hpp"
#include "runner/flow/noted_headers.hpp"

namespace batchmill {

/// One of the x-ratelimit-{limit,remaining,reset}-* families.
struct limit_headers {
  std::optional<double> limit;  // per minute, or per day where the account has a daily limit
  std::optional<double> remaining;
  std::optional<duration> reset;  // until the bucket is full again, not until it has room
};

struct rate_headers {
  limit_headers requests;
  limit_headers tokens;
  limit_headers project_tokens;
};

rate_headers read_rate_headers(const noted_headers& headers);

/// `retry-after-ms`, else `Retry-After` in seconds or as an HTTP date; negative waits are none.
std::optional<duration> read_retry_after(const noted_headers& headers, wall_time now);

/// `x-should-retry: true | false` overrules the status.
std::optional<bool> read_should_retry(const noted_headers& headers);

}  // namespace batchmill
