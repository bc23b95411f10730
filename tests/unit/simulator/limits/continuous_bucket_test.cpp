#include "runner/simulator/limits/continuous_bucket.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/simulator/limits/greedy_client.hpp"

using namespace batchmill;
using namespace batchmill::simulator_detail;
using namespace batchmill::testing;
using namespace std::chrono_literals;

TEST_CASE("a bucket never holds more than its limit") {
  continuous_bucket b(60, 1min, 1min, noon);
  b.take(10);
  CHECK(b.remaining() == 50);
  CHECK(b.until_full() == 10s);
  b.advance(noon + 1h, 0);
  CHECK(b.remaining() == 60);
  b.advance(noon, 0);  // time never runs back
  CHECK(b.remaining() == 60);
}

TEST_CASE("hours at a bucket yield its contents once and then its flow") {
  simulated_limits limits;
  limit_under_test minute_worth(limits, 600);
  CHECK(take_all(minute_worth.limit, 2h).size() == 600 + 2 * 60 * 600 - 1);
  limits.burst = 1s;
  limit_under_test second_worth(limits, 600);
  const auto taken = take_all(second_worth.limit, 2h);
  CHECK(taken.size() == 10 + 2 * 60 * 600 - 1);  // the last comes at the end
  CHECK(most_within(taken, 1s) <= 20);
}

TEST_CASE("a small bucket states the limit, less what it lacks") {
  continuous_bucket b(6000, 1min, 1s, noon);
  CHECK(b.stated() == 6000);
  b.take(100);
  CHECK(b.stated() == 5900);
  CHECK(b.remaining() == 0);
  CHECK(b.until_full() == 1s);
}

TEST_CASE("what is larger than the bucket passes when it is full, and is paid for afterwards") {
  continuous_bucket b(6000, 1min, 1s, noon);
  CHECK(b.burst() == 100);
  CHECK(b.wait_for(250) == 0s);
  b.take(250);
  CHECK(b.remaining() == -150);
  CHECK(std::chrono::round<std::chrono::milliseconds>(b.wait_for(1)) == 1510ms);
  CHECK(std::chrono::round<std::chrono::milliseconds>(b.wait_for(250)) == 2500ms);
}

TEST_CASE("a limit per day flows in over the day") {
  continuous_bucket b(10'000, 24h, 24h, noon);
  b.take(1);
  CHECK(std::chrono::round<std::chrono::milliseconds>(b.until_full()) == 8640ms);
  b.take(9'999);
  b.advance(noon + 12h, 0);
  CHECK(b.remaining() == 5'000);
}

TEST_CASE("a smaller limit cuts the bucket, a larger one fills it in time") {
  continuous_bucket b(600, 1min, 1min, noon);
  b.set_limit(300);
  CHECK(b.remaining() == 300);
  b.set_limit(1200);
  CHECK(b.remaining() == 300);
  b.advance(noon + 30s, 0);
  CHECK(b.remaining() == 900);
}

TEST_CASE("others take from the same bucket") {
  continuous_bucket b(600, 1min, 1min, noon);
  b.take(600);
  b.advance(noon + 10s, 40);
  CHECK(b.remaining() == 60);
}
