#include "runner/flow/retry_policy.hpp"

#include <algorithm>

namespace batchmill {

retry_decision retry_policy::decide(const attempt_facts& facts, double random) const {
  switch (facts.kind) {
    case answer_kind::success:
      return deliver{};
    case answer_kind::run_stopped:
      return stop_run{};
    case answer_kind::row_failed:
      if (facts.should_retry.value_or(false)) return retry(facts, random);
      return give_up{};
    case answer_kind::transient:
      if (!facts.should_retry.value_or(true)) return give_up{};
      return retry(facts, random);
    case answer_kind::rate_limited:
    case answer_kind::overloaded:
      return retry(facts, random);
    case answer_kind::unreachable:
      return retry_after{duration::zero(), true};
    case answer_kind::unexpected:
      return ask_again(facts);
  }
  return give_up{};
}

/// The server is well: no wait, and none of the attempts for failures is used up.
retry_decision retry_policy::ask_again(const attempt_facts& facts) const {
  if (facts.unexpected >= answers_ || facts.since_first > spec_.row_deadline) return give_up{};
  return retry_after{};
}

/// Exponential with full jitter (Brooker, "Exponential Backoff And Jitter", 2015): the delay is
/// uniform between nothing and the bound, so that rows that failed together return apart.
duration retry_policy::backoff(unsigned attempt, double random) const {
  duration bound = spec_.initial_delay;
  for (unsigned n = 1; n < attempt && bound < spec_.max_delay; ++n) bound *= 2;
  bound = std::min(bound, spec_.max_delay);
  return std::chrono::duration_cast<duration>(bound * random);
}

/// A refused row waits with all the others of its model, no longer.
duration retry_policy::own_wait(const attempt_facts& facts, double random) const {
  if (facts.kind != answer_kind::rate_limited) {
    return backoff(std::max(1U, facts.attempt - facts.refused - facts.unexpected), random);
  }
  return duration::zero();
}

retry_decision retry_policy::retry(const attempt_facts& facts, double random) const {
  const bool refused = facts.kind == answer_kind::rate_limited;
  const unsigned counted = facts.attempt - facts.refused - facts.unexpected;
  if (!refused && counted >= spec_.attempts) return give_up{};
  const duration own = own_wait(facts, random);
  const duration wait = std::max(own, facts.server_wait.value_or(duration::zero()));
  if (facts.since_first + wait > spec_.row_deadline) return give_up{};
  return retry_after{wait, refused};
}

}  // namespace batchmill
