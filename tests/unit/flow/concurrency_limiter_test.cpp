#include "runner/flow/concurrency_limiter.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

const time_point start{1000h};

void fill(concurrency_limiter& limiter) {
  while (limiter.has_room()) limiter.acquire();
}

/// So many answers, each followed by the next request.
void succeed(concurrency_limiter& limiter, unsigned times, time_point now = start) {
  for (unsigned i = 0; i < times; ++i) {
    limiter.succeeded(100ms, true, now);
    limiter.release();
    fill(limiter);
  }
}

}  // namespace

TEST_CASE("concurrency begins at the user's bound and never passes it") {
  concurrency_limiter limiter(3);
  fill(limiter);
  REQUIRE(limiter.in_flight() == 3);
  succeed(limiter, 100);
  REQUIRE(limiter.limit() == 3);
}

TEST_CASE("without a bound it doubles per round trip while it is what holds the run back") {
  concurrency_limiter limiter(std::nullopt);
  const unsigned first = limiter.limit();
  fill(limiter);
  succeed(limiter, first);
  REQUIRE(limiter.limit() == 2 * first);
  succeed(limiter, 5000);
  REQUIRE(limiter.limit() == 1000);
}

TEST_CASE("concurrency does not grow while slots are free") {
  concurrency_limiter limiter(std::nullopt);
  const unsigned first = limiter.limit();
  limiter.acquire();
  for (int i = 0; i < 100; ++i) limiter.succeeded(100ms, true, start);
  REQUIRE(limiter.limit() == first);
}

TEST_CASE("a failing server stops the growth for a while") {
  concurrency_limiter limiter(std::nullopt);
  const unsigned first = limiter.limit();
  fill(limiter);
  limiter.failed(start);
  succeed(limiter, 1, start);
  REQUIRE(limiter.limit() == first + 1);
  for (int i = 0; i < 15; ++i) limiter.failed(start);
  succeed(limiter, 10, start + 900ms);
  REQUIRE(limiter.limit() == first + 1);
  succeed(limiter, 10, start + 1100ms);
  REQUIRE(limiter.limit() == first + 11);
}

TEST_CASE("stray overload changes nothing, sustained overload cuts once per episode") {
  concurrency_limiter limiter(1000);
  fill(limiter);
  for (int i = 0; i < 1000; ++i) {
    limiter.succeeded(100ms, true, start);
    if (i % 100 == 0) limiter.overloaded(start, start);
  }
  REQUIRE(limiter.limit() == 1000);
  // Up to here requests were sent before any cut; all of them are one episode.
  for (int i = 0; i < 100; ++i) limiter.overloaded(start - 1s, start);
  REQUIRE(limiter.limit() > 600);
  REQUIRE(limiter.limit() < 1000);
  const unsigned after_first = limiter.limit();
  limiter.overloaded(start + 1s, start + 2s);
  REQUIRE(limiter.limit() == static_cast<unsigned>(after_first * 0.7));
}

TEST_CASE("after a cut it comes back to where it was") {
  concurrency_limiter limiter(100);
  fill(limiter);
  for (int i = 0; i < 30; ++i) limiter.overloaded(start, start);
  REQUIRE(limiter.limit() >= 68);
  REQUIRE(limiter.limit() < 100);
  while (limiter.in_flight() >= limiter.limit()) limiter.release();
  fill(limiter);
  succeed(limiter, 10, start + 20s);
  REQUIRE(limiter.limit() == 100);
}

TEST_CASE("where the rate is limited, all places are open at once") {
  concurrency_limiter limiter(std::nullopt);
  limiter.leave_it_to_the_rate();
  REQUIRE(limiter.limit() == 1000);
}

TEST_CASE("refusals leave in flight what the server takes") {
  concurrency_limiter limiter(100);
  fill(limiter);
  for (int i = 0; i < 36; ++i) {
    limiter.refused(start);
    limiter.release();
  }
  REQUIRE(limiter.in_flight() == 64);
  REQUIRE(limiter.limit() == 62);
  REQUIRE_FALSE(limiter.has_room());
  for (int i = 0; i < 200; ++i) limiter.refused(start);
  REQUIRE(limiter.limit() >= 1);
}
