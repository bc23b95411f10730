#include "runner/simulator/limits/second_buckets.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/simulator/limits/greedy_client.hpp"

using namespace batchmill;
using namespace batchmill::simulator_detail;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

simulated_limits seconds() {
  simulated_limits limits;
  limits.model = simulated_limit_model::second;
  return limits;
}

}  // namespace

TEST_CASE("sixty thousand a minute are a thousand in each second, whatever headers state") {
  second_buckets b(60'000, noon);
  b.take(1'000);
  CHECK(b.stated() == 59'000);
  CHECK(b.remaining() == 0);
  CHECK(b.wait_for(1) == 1s);
  b.advance(noon + 400ms, 0);
  CHECK(b.wait_for(1) == 600ms);
  b.advance(noon + 1s, 0);
  CHECK(b.wait_for(1'000) == 0s);
}

TEST_CASE("what a second leaves is lost") {
  second_buckets b(60'000, noon);
  b.advance(noon + 10s, 0);
  b.take(1'000);
  CHECK(b.wait_for(1) == 1s);
}

TEST_CASE("hours of seconds yield the limit, never more than its part in one") {
  limit_under_test even(seconds(), 600);
  auto taken = take_all(even.limit, 2h);
  CHECK(taken.size() == 2 * 60 * 600);
  CHECK(most_within(taken, 1s) == 10);
  limit_under_test odd(seconds(), 500);
  taken = take_all(odd.limit, 2h);
  CHECK(most_within(taken, 1s) == 9);
  CHECK(taken.size() >= 2 * 60 * 500);
  CHECK(taken.size() <= 2 * 60 * 500 + 1);
}

TEST_CASE("less than one in a second adds up to one") {
  limit_under_test rare(seconds(), 20);
  const auto taken = take_all(rare.limit, 1h);
  CHECK(taken.size() >= 60 * 20);
  CHECK(taken.size() <= 60 * 20 + 1);
}

TEST_CASE("what is larger than a second's part is paid for by the seconds after it") {
  second_buckets b(6'000, noon);
  CHECK(b.wait_for(250) == 0s);
  b.take(250);
  CHECK(b.wait_for(1) == 2s);
  CHECK(b.wait_for(100) == 3s);
}

TEST_CASE("others use up their part of a second") {
  second_buckets b(6'000, noon);
  b.advance(noon + 500ms, 25);
  CHECK(b.wait_for(75) == 0s);
  CHECK(b.wait_for(76) == 500ms);
  b.advance(noon + 1500ms, 50);  // half of it in either second
  CHECK(b.wait_for(75) == 0s);
  CHECK(b.wait_for(76) == 500ms);
}
