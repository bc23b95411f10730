#include "runner/flow/concurrency_limiter.hpp"
#include "runner/flow/failure_rule.hpp"
#include "runner/flow/rate_limiter.hpp"
#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

const time_point start{1000h};

rate_headers headers_of(double limit, double remaining) {
  rate_headers headers;
  headers.requests.limit = limit;
  headers.requests.remaining = remaining;
  headers.requests.reset = std::chrono::duration_cast<duration>((1 - remaining / limit) * 60s);
  return headers;
}

void fill(concurrency_limiter& limiter) {
  while (limiter.has_room()) limiter.acquire();
}

}  // namespace

TEST_CASE("the user's limits are kept, times the share") {
  limits_spec spec;
  spec.requests_per_minute = 1000;
  spec.tokens_per_minute = 50000;
  spec.share = 0.8;
  rate_limiter limiter(spec);
  REQUIRE(limiter.requests_per_minute() == Approx(800));
  REQUIRE(limiter.tokens_per_minute() == Approx(40000));
}

TEST_CASE("a limit is learned from the headers and follows them, never above the user's") {
  limits_spec spec;
  spec.requests_per_minute = 1000;
  rate_limiter limiter(spec);
  limiter.observe(headers_of(600, 500), start);
  REQUIRE(limiter.requests_per_minute() == Approx(600));
  limiter.observe(headers_of(6000, 5000), start);
  REQUIRE(limiter.requests_per_minute() == Approx(1000));
  REQUIRE(limiter.tokens_per_minute() == paced_bucket::unlimited);
}

TEST_CASE("a daily limit is not taken for a minute's") {
  rate_limiter limiter{limits_spec{}};
  rate_headers headers;
  headers.requests.limit = 10000;
  headers.requests.remaining = 9990;
  headers.requests.reset = 86400ms;
  limiter.observe(headers, start);
  REQUIRE(limiter.requests_per_minute() == paced_bucket::unlimited);
}

TEST_CASE("when the server's bucket runs low the rate follows its level") {
  limits_spec spec;
  rate_limiter limiter(spec);
  limiter.observe(headers_of(1000, 50), start);
  REQUIRE(limiter.requests_per_minute() == Approx(500));
  limiter.observe(headers_of(1000, 900), start);
  REQUIRE(limiter.requests_per_minute() == Approx(1000));
}

TEST_CASE("the verdict names what holds the next request back") {
  limits_spec spec;
  spec.requests_per_minute = 60;
  spec.tokens_per_minute = 6000;
  rate_limiter limiter(spec);
  REQUIRE(limiter.next(start).why == rate_hold::none);
  limiter.take(10, start);
  REQUIRE(limiter.next(start).why == rate_hold::requests);
  limiter.take(1000, start);
  REQUIRE(limiter.next(start).why == rate_hold::tokens);
  limiter.refused(1min, start, start);
  REQUIRE(limiter.next(start).why == rate_hold::pause);
  REQUIRE(limiter.next(start).at == start + 1min);
}

TEST_CASE("real usage takes the place of the estimate") {
  limits_spec spec;
  spec.tokens_per_minute = 6000;
  rate_limiter limiter(spec);
  limiter.take(1000, start);
  const time_point reserved = limiter.next(start).at;
  limiter.settle(1000, 200);
  REQUIRE(limiter.next(start).at == reserved - 8s);
  limiter.refund(100);
  REQUIRE(limiter.next(start).at == reserved - 9s);
}

TEST_CASE("many refusals of one episode cut the rate once, and it comes back") {
  limits_spec spec;
  spec.requests_per_minute = 1000;
  rate_limiter limiter(spec);
  for (int i = 0; i < 50; ++i) limiter.refused(1s, start - 100ms, start + i * 1ms);
  REQUIRE(limiter.requests_per_minute() == Approx(900));
  limiter.refused(1s, start + 2s, start + 3s);
  REQUIRE(limiter.requests_per_minute() == Approx(810));
  limiter.take(0, start + 10min);
  REQUIRE(limiter.requests_per_minute() == Approx(1000));
}

TEST_CASE("a fixed concurrency stays as it is") {
  concurrency_limiter limiter(3);
  fill(limiter);
  REQUIRE(limiter.in_flight() == 3);
  for (int i = 0; i < 100; ++i) limiter.answered(i % 2 == 0, start, start);
  REQUIRE(limiter.limit() == 3);
}

TEST_CASE("concurrency doubles per round trip while it is what holds the run back") {
  concurrency_limiter limiter(std::nullopt);
  const unsigned first = limiter.limit();
  fill(limiter);
  for (unsigned i = 0; i < first; ++i) {
    limiter.answered(false, start, start);
    limiter.release();
    fill(limiter);
  }
  REQUIRE(limiter.limit() == 2 * first);
}

TEST_CASE("concurrency does not grow while slots are free") {
  concurrency_limiter limiter(std::nullopt);
  const unsigned first = limiter.limit();
  limiter.acquire();
  for (int i = 0; i < 100; ++i) limiter.answered(false, start, start);
  REQUIRE(limiter.limit() == first);
}

TEST_CASE("sustained overload cuts once per episode, stray overload does not") {
  concurrency_limiter limiter(std::nullopt);
  const unsigned first = limiter.limit();
  for (int i = 0; i < 1000; ++i) limiter.answered(i % 50 == 0, start, start);
  REQUIRE(limiter.limit() == first);
  for (int i = 0; i < 50; ++i) limiter.answered(true, start - 1s, start);
  REQUIRE(limiter.limit() == 11);
  limiter.answered(true, start + 1s, start + 2s);
  REQUIRE(limiter.limit() == 7);
}

TEST_CASE("the run stops when too large a share failed, counted after so many rows") {
  stop_spec spec;
  spec.failures = 0.05;
  spec.after = 200;
  const failure_rule rule(spec);
  REQUIRE_FALSE(rule.judge(199, 199));
  REQUIRE_FALSE(rule.judge(10, 200));
  const auto sentence = rule.judge(11, 200);
  REQUIRE(sentence);
  REQUIRE_THAT(*sentence, ContainsSubstring("11 of 200 finished rows failed, more than the 5 %"));
}

TEST_CASE("with failures at 100 % the run never stops for them") {
  stop_spec spec;
  spec.failures = 1;
  REQUIRE_FALSE(failure_rule(spec).judge(1000, 1000));
}
