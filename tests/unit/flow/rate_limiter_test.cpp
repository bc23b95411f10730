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

void tell(rate_limiter& limiter, const rate_headers& headers, time_point now = start) {
  limiter.observe(headers, limiter.take(token_estimate(), now), now);
}

}  // namespace

TEST_CASE("the user's limits are kept, times the share") {
  limits_spec spec;
  spec.requests_per_minute = 1000;
  spec.tokens_per_minute = 50000;
  spec.share = 0.8;
  const rate_limiter limiter(spec);
  REQUIRE(limiter.requests_per_minute(start) == Approx(800));
  REQUIRE(limiter.tokens_per_minute(start) == Approx(40000));
  REQUIRE(limiter.knows_limits());
}

TEST_CASE("a limit is learned from the headers and follows them, never above the user's") {
  limits_spec spec;
  spec.requests_per_minute = 1000;
  rate_limiter limiter(spec);
  tell(limiter, headers_of(600, 500));
  REQUIRE(limiter.requests_per_minute(start) == Approx(600));
  tell(limiter, headers_of(6000, 5000));
  REQUIRE(limiter.requests_per_minute(start) == Approx(1000));
  REQUIRE(limiter.tokens_per_minute(start) == paced_bucket::unlimited);
}

TEST_CASE("a project's limit of tokens counts where it is the lower") {
  rate_limiter limiter{limits_spec()};
  rate_headers headers;
  headers.tokens.limit = headers.tokens.remaining = 100000;
  headers.project_tokens.limit = headers.project_tokens.remaining = 30000;
  tell(limiter, headers);
  REQUIRE(limiter.tokens_per_minute(start) == Approx(30000));
}

TEST_CASE("a limit per day is not taken for a minute's") {
  rate_limiter limiter{limits_spec()};
  rate_headers headers;
  headers.requests.limit = 10000;
  headers.requests.remaining = 9990;
  headers.requests.reset = 86400ms;
  for (int i = 0; i < 3; ++i) tell(limiter, headers);
  REQUIRE_FALSE(limiter.knows_limits());
  REQUIRE(limiter.requests_per_minute(start) == paced_bucket::unlimited);
  headers.requests.remaining = 0;
  headers.requests.reset = 86400s;
  for (int i = 0; i < 50; ++i) tell(limiter, headers);
  REQUIRE(limiter.requests_per_minute(start) < 10);
  limiter.take(token_estimate(), start);
  REQUIRE(limiter.next(start).why == rate_hold::day);
}

TEST_CASE("the verdict names what holds the next request back") {
  limits_spec spec;
  spec.requests_per_minute = 60;
  spec.tokens_per_minute = 6000;
  rate_limiter limiter(spec);
  REQUIRE(limiter.next(start).why == rate_hold::none);
  limiter.take(token_estimate(10, 0), start);
  REQUIRE(limiter.next(start).why == rate_hold::requests);
  limiter.take(token_estimate(900, 100), start);
  REQUIRE(limiter.next(start).why == rate_hold::tokens);
  limiter.pause_until(start + 1min, start);
  REQUIRE(limiter.next(start).why == rate_hold::pause);
  REQUIRE(limiter.next(start).at == start + 1min);
}

TEST_CASE("what a failed request had reserved is given back") {
  limits_spec spec;
  spec.tokens_per_minute = 6000;
  rate_limiter limiter(spec);
  limiter.take(token_estimate(1000, 1000), start);
  const auto sent = limiter.take(token_estimate(500, 500), start);
  const time_point reserved = limiter.next(start).at;
  limiter.answered(sent, std::nullopt, start);
  REQUIRE(limiter.next(start).at == reserved - 10s);
}

TEST_CASE("nothing is caught up with after a pause") {
  limits_spec spec;
  spec.requests_per_minute = 60000;
  rate_limiter limiter(spec);
  limiter.pause_until(start + 10s, start);
  unsigned sent = 0;
  for (; limiter.next(start + 10s).at <= start + 10s; ++sent) {
    limiter.take(token_estimate(), start + 10s);
  }
  REQUIRE(sent == 1);
}

TEST_CASE("a cut is made good with time, up to the limit and not above") {
  limits_spec spec;
  spec.requests_per_minute = 1000;
  rate_limiter limiter(spec);
  limiter.cut(0.1, 10s, start);
  REQUIRE(limiter.requests_per_minute(start) == Approx(900));
  REQUIRE(limiter.requests_per_minute(start + 10s) == Approx(1000));
  REQUIRE(limiter.requests_per_minute(start + 1min) == Approx(1000));
}

TEST_CASE("a rate that is only assumed is probed above") {
  rate_limiter limiter{limits_spec()};
  limiter.assume(6000, 0.05, 10s, start);
  REQUIRE(limiter.requests_per_minute(start) == Approx(5700));
  REQUIRE(limiter.requests_per_minute(start + 20s) == Approx(6300));
  REQUIRE_FALSE(limiter.knows_limits());
}

TEST_CASE("how much of each limit was used is told") {
  limits_spec spec;
  spec.requests_per_minute = 600;
  rate_limiter limiter(spec);
  for (int i = 0; i <= 300; ++i) limiter.take(token_estimate(), start + i * 200ms);
  const auto use = limiter.use();
  REQUIRE(use.size() == 1);
  REQUIRE_FALSE(use[0].tokens);
  REQUIRE(use[0].per_minute == 600);
  REQUIRE(use[0].used / use[0].allowed == Approx(0.5).epsilon(0.01));
}

TEST_CASE("a bucket that fills up again while nothing is sent is used again") {
  rate_limiter limiter{limits_spec()};
  tell(limiter, headers_of(60, 59));
  // Others emptied it.
  for (int i = 0; i < 40; ++i) tell(limiter, headers_of(60, 0));
  REQUIRE(limiter.next(start).at > start + 30s);
  REQUIRE(limiter.next(start + 59s).at < start + 2min);
}
