#include "runner/remote/remote_caller.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "batchmill/error.hpp"
#include "runner/flow/outage.hpp"

namespace batchmill {
namespace {

// What is only looked up is answered at once, or the answer got lost.
constexpr auto longest_lookup = std::chrono::minutes(1);

transfer_terms terms_for(const http_request& request, repeatable how) {
  transfer_terms terms;
  terms.once = how == repeatable::unless_made;
  if (!terms.once && request.uploads.empty()) terms.answer = longest_lookup;
  return terms;
}

}  // namespace

remote_caller::remote_caller(transport& wire, clock& time, const retry_spec& retry,
                             std::uint64_t seed, retry_watch watch)
    : wire_(wire),
      time_(time),
      retry_(retry),
      longest_outage_(retry.outage),
      random_(seed),
      watch_(std::move(watch)) {}

awaitable<remote_result<http_response>> remote_caller::call(http_request request, repeatable how) {
  course c = begin();
  const transfer_terms terms = terms_for(request, how);
  for (;;) {
    attempt_result result = co_await wire_.transfer(request, terms);
    has_answered_ = has_answered_ || result.has_value();
    if (result && result->status / 100 == 2) co_return std::move(*result);
    const verdict v = judge(result, how);
    const bool again = co_await goes_on(c, v);
    if (!again) co_return v.failure;
  }
}

awaitable<bool> remote_caller::goes_on(course& c, const verdict& v) {
  const std::optional<duration> wait = wait_after(c, v);
  if (!wait) co_return false;
  if (watch_) watch_(v.failure, *wait);
  co_await time_.sleep_until(time_.now() + *wait);
  co_return true;
}

verdict remote_caller::judge(const attempt_result& result, repeatable how) const {
  if (!result && result.error().code == net_errc::file_unreadable) {
    throw run_error(result.error().detail);
  }
  return batchmill::judge(result, how, time_.wall_now());
}

std::optional<duration> remote_caller::wait_after(course& c, const verdict& v) {
  const failure_kind kind = v.failure.kind;
  if (kind == failure_kind::stopped || kind == failure_kind::denied) return std::nullopt;
  if (v.is_unsent && (has_answered_ || longest_outage_)) return wait_for_server(c);
  c.away_since.reset();
  attempt_facts facts;
  facts.kind = v.may_pass ? answer_kind::transient : answer_kind::row_failed;
  facts.attempt = ++c.attempts;
  facts.since_first = time_.now() - c.begun;
  facts.server_wait = v.server_wait;
  facts.should_retry = v.should_retry;
  const double random = std::uniform_real_distribution<double>()(random_);
  const retry_decision next = retry_.decide(facts, random);
  const auto* again = std::get_if<retry_after>(&next);
  return again ? std::optional(again->wait) : std::nullopt;
}

/// What could not be sent is no attempt: a server that went away is waited for. One that never
/// answered may not be there at all, and has its attempts, unless the spec says for how long.
std::optional<duration> remote_caller::wait_for_server(course& c) const {
  const time_point now = time_.now();
  if (!c.away_since) c.in_vain = 0;
  if (!c.away_since) c.away_since = now;
  if (now - *c.away_since >= longest_outage(longest_outage_, has_answered_)) return std::nullopt;
  return wait_between_tries(c.in_vain++);
}

std::string remote_caller::boundary() {
  return fmt::format("batchmill-{:016x}{:016x}", random_(), random_());
}

}  // namespace batchmill
