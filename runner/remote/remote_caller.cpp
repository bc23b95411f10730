#include "runner/remote/remote_caller.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "batchmill/error.hpp"

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
    : wire_(wire), time_(time), retry_(retry), random_(seed), watch_(std::move(watch)) {}

awaitable<remote_result<http_response>> remote_caller::call(http_request request, repeatable how) {
  course c = begin();
  const transfer_terms terms = terms_for(request, how);
  for (;;) {
    attempt_result result = co_await wire_.transfer(request, terms);
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

std::string remote_caller::boundary() {
  return fmt::format("batchmill-{:016x}{:016x}", random_(), random_());
}

}  // namespace batchmill
