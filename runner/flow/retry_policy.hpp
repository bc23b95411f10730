// What happens after an attempt. Pure: the random number and the times come from outside.
#pragma once

#include <optional>
#include <variant>

#include "batchmill/clock.hpp"
#include "batchmill/job.hpp"
#include "batchmill/job_spec.hpp"

namespace batchmill {

/// What one attempt brought, as far as retrying is concerned.
struct attempt_facts {
  answer_kind kind = answer_kind::success;
  unsigned attempt = 1;                 // 1 for the first
  unsigned refused = 0;                 // of these, refused by a rate limit: they cost no attempt
  unsigned unexpected = 0;              // of these, answered otherwise than expected
  duration since_first{};               // from the row's first attempt until now
  std::optional<duration> server_wait;  // Retry-After or the wait in the message
  std::optional<bool> should_retry;     // x-should-retry
};

struct deliver {};    // the row is answered
struct retry_after {  // once more, not before `wait` has passed
  duration wait{};
  bool whole_model = false;  // the gate holds the model, or all; this row waits no longer than they
};
struct give_up {};   // the row failed
struct stop_run {};  // no row can succeed any more

using retry_decision = std::variant<deliver, retry_after, give_up, stop_run>;

class retry_policy {
 public:
  /// `answers` is how many a row may have until one is as expected.
  explicit retry_policy(const retry_spec& spec, unsigned answers = expect_spec().attempts)
      : spec_(spec), answers_(answers) {}

  /// `random` is uniform in [0, 1).
  retry_decision decide(const attempt_facts& facts, double random) const;

 private:
  duration backoff(unsigned attempt, double random) const;
  duration own_wait(const attempt_facts& facts, double random) const;
  retry_decision retry(const attempt_facts& facts, double random) const;
  retry_decision ask_again(const attempt_facts& facts) const;

  retry_spec spec_;
  unsigned answers_;
};

}  // namespace batchmill
