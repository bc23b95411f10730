#include "runner/flow/token_limit.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

const time_point start{1000h};

/// Requests of 100 to 1,900 tokens and at most 1,000 of output (they give 100), one a second; the
/// server charges so much when one comes and has charged so much in the end.
token_limit after_a_minute(double (*taken)(double prompt), double (*in_the_end)(double prompt)) {
  token_limit limit;
  double level = 1e6;
  for (int i = 0; i < 60; ++i) {
    const time_point now = start + i * 1s;
    const token_estimate estimate(100 * (1 + i * 7 % 19), 1000);
    level = std::min(1e6, level + 1e6 / 60);
    const auto sent = limit.take(estimate, now);
    level -= taken(estimate.prompt);
    limit_headers headers;
    headers.limit = 1e6;
    headers.remaining = level;
    limit.observe(headers, sent, now + 500ms);
    level += taken(estimate.prompt) - in_the_end(estimate.prompt);
    limit.answered(estimate, token_use(estimate.prompt, 100), now + 500ms);
  }
  return limit;
}

}  // namespace

TEST_CASE("the strictest way of counting is assumed at first") {
  const token_limit limit;
  REQUIRE(limit.rule() == token_rule::sum);
  REQUIRE(limit.cost(token_estimate(300, 1000)) == 1300);
  REQUIRE_FALSE(limit.known());
}

TEST_CASE("the way in which the server counts is found out from its headers") {
  const auto sum = [](double prompt) { return prompt + 1000; };
  const auto larger = [](double prompt) { return std::max(prompt, 1000.0); };
  const auto prompt_only = [](double prompt) { return prompt; };
  const auto used = [](double prompt) { return prompt + 100; };
  REQUIRE(after_a_minute(sum, sum).rule() == token_rule::sum);
  REQUIRE(after_a_minute(larger, larger).rule() == token_rule::larger);
  REQUIRE(after_a_minute(prompt_only, used).rule() == token_rule::as_used);
}

TEST_CASE("where the output bound does not count, the usual output takes its place") {
  const auto prompt_only = [](double prompt) { return prompt; };
  const auto used = [](double prompt) { return prompt + 100; };
  const auto limit = after_a_minute(prompt_only, used);
  REQUIRE(limit.cost(token_estimate(500, 1000)) == Approx(600));
  REQUIRE(limit.cost(token_estimate(500, 1000), token_use(480, 200)) == 680);
}

TEST_CASE("a refused request costs nothing") {
  token_limit limit;
  limit_headers headers;
  headers.limit = 60000;
  headers.remaining = 60000;
  limit.observe(headers, limit.take(token_estimate(), start), start);
  const token_estimate large(60000, 0);
  limit.take(large, start);
  limit.take(large, start);
  REQUIRE(limit.advised_rate(start) < 10000);
  limit.answered(large, std::nullopt, start);
  limit.answered(large, std::nullopt, start);
  REQUIRE(limit.advised_rate(start) == Approx(60000));
}
