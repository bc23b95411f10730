#include "runner/flow/retry_policy.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

attempt_facts facts_of(answer_kind kind, unsigned attempt = 1) {
  attempt_facts facts;
  facts.kind = kind;
  facts.attempt = attempt;
  return facts;
}

duration wait_of(const retry_decision& decision) {
  REQUIRE(std::holds_alternative<retry_after>(decision));
  return std::get<retry_after>(decision).wait;
}

bool whole_model(const retry_decision& decision) {
  return std::get<retry_after>(decision).whole_model;
}

const retry_policy policy{retry_spec{}};

}  // namespace

TEST_CASE("an answer is delivered, a hopeless row given up, a hopeless run stopped") {
  REQUIRE(std::holds_alternative<deliver>(policy.decide(facts_of(answer_kind::success), 0)));
  REQUIRE(std::holds_alternative<give_up>(policy.decide(facts_of(answer_kind::row_failed), 0)));
  REQUIRE(std::holds_alternative<stop_run>(policy.decide(facts_of(answer_kind::run_stopped), 0)));
}

TEST_CASE("delays double from 500 ms to a minute, with full jitter") {
  const auto kind = answer_kind::transient;
  REQUIRE(wait_of(policy.decide(facts_of(kind, 1), 0.5)) == 250ms);
  REQUIRE(wait_of(policy.decide(facts_of(kind, 2), 0.5)) == 500ms);
  REQUIRE(wait_of(policy.decide(facts_of(kind, 5), 0.5)) == 4s);
  REQUIRE(wait_of(policy.decide(facts_of(kind, 1), 0)) == 0ms);
  retry_spec patient;
  patient.attempts = 100;
  REQUIRE(wait_of(retry_policy(patient).decide(facts_of(kind, 99), 0.5)) == 30s);
}

TEST_CASE("the sixth attempt is the last") {
  const auto kind = answer_kind::transient;
  REQUIRE(std::holds_alternative<retry_after>(policy.decide(facts_of(kind, 5), 0)));
  REQUIRE(std::holds_alternative<give_up>(policy.decide(facts_of(kind, 6), 0)));
}

TEST_CASE("an unexpected answer is asked for again at once, as often as the spec says") {
  attempt_facts facts = facts_of(answer_kind::unexpected, 1);
  facts.unexpected = 1;
  facts.should_retry = false;  // speaks of failures
  const retry_policy thrice(retry_spec{}, 3);
  REQUIRE(wait_of(thrice.decide(facts, 0.5)) == 0ms);
  REQUIRE_FALSE(whole_model(thrice.decide(facts, 0.5)));
  facts.unexpected = 2;
  REQUIRE(std::holds_alternative<retry_after>(thrice.decide(facts, 0.5)));
  facts.unexpected = 3;
  REQUIRE(std::holds_alternative<give_up>(thrice.decide(facts, 0.5)));
  facts.unexpected = 2;
  facts.since_first = 2h;
  REQUIRE(std::holds_alternative<give_up>(thrice.decide(facts, 0.5)));
}

TEST_CASE("unexpected answers use up no attempt for failures, and failures no answer") {
  attempt_facts facts = facts_of(answer_kind::transient, 7);
  facts.unexpected = 2;
  REQUIRE(std::holds_alternative<retry_after>(policy.decide(facts, 0.5)));
  facts.unexpected = 1;
  REQUIRE(std::holds_alternative<give_up>(policy.decide(facts, 0.5)));
  facts = facts_of(answer_kind::unexpected, 6);
  facts.unexpected = 1;
  REQUIRE(std::holds_alternative<retry_after>(policy.decide(facts, 0.5)));
}

TEST_CASE("refusals by a rate limit cost no attempt") {
  attempt_facts facts = facts_of(answer_kind::rate_limited, 40);
  facts.refused = 40;
  REQUIRE(std::holds_alternative<retry_after>(policy.decide(facts, 0)));
  facts = facts_of(answer_kind::transient, 40);
  facts.refused = 35;
  REQUIRE(std::holds_alternative<retry_after>(policy.decide(facts, 0)));
  facts.refused = 34;
  REQUIRE(std::holds_alternative<give_up>(policy.decide(facts, 0)));
}

TEST_CASE("a refused row waits as long as its model does, not longer") {
  attempt_facts facts = facts_of(answer_kind::rate_limited, 6);
  facts.refused = 6;
  REQUIRE(wait_of(policy.decide(facts, 0.5)) == 0ms);
  facts.server_wait = 100ms;
  REQUIRE(wait_of(policy.decide(facts, 0.5)) == 100ms);
}

TEST_CASE("the server's wait is kept, however long, within the row's deadline") {
  attempt_facts facts = facts_of(answer_kind::transient);
  facts.server_wait = 5min;
  REQUIRE(wait_of(policy.decide(facts, 0.9)) == 5min);
  facts.since_first = 56min;
  REQUIRE(std::holds_alternative<give_up>(policy.decide(facts, 0.9)));
}

TEST_CASE("a 429 makes the whole model wait, a stray 503 only its row") {
  REQUIRE(whole_model(policy.decide(facts_of(answer_kind::rate_limited), 0)));
  attempt_facts facts = facts_of(answer_kind::overloaded);
  REQUIRE_FALSE(whole_model(policy.decide(facts, 0)));
  facts.server_wait = 1ms;
  REQUIRE_FALSE(whole_model(policy.decide(facts, 0.5)));
  REQUIRE(wait_of(policy.decide(facts, 0.5)) > 100ms);
}

TEST_CASE("x-should-retry overrules the status") {
  attempt_facts facts = facts_of(answer_kind::row_failed);
  facts.should_retry = true;
  REQUIRE(std::holds_alternative<retry_after>(policy.decide(facts, 0)));
  facts = facts_of(answer_kind::transient);
  facts.should_retry = false;
  REQUIRE(std::holds_alternative<give_up>(policy.decide(facts, 0)));
}
