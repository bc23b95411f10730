#include "runner/batch/mode_choice.hpp"

#include <cstdlib>
#include <ctime>

#include "runner/batch/poll_pace.hpp"
#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

mode_facts many() {
  mode_facts facts;
  facts.rows = 1'000'000;
  facts.tokens_per_row = 500;
  return facts;
}

}  // namespace

TEST_CASE("few rows, or a job that batches cannot do, go online") {
  mode_facts few = many();
  few.rows = 500;
  REQUIRE_FALSE(choose_mode(few).batch);
  mode_facts other = many();
  other.batch_possible = false;
  REQUIRE_FALSE(choose_mode(other).batch);
}

TEST_CASE("by price many rows go through batches, unless there is less than a day") {
  mode_facts facts = many();
  REQUIRE(choose_mode(facts).batch);
  facts.time_given = 30h;
  REQUIRE(choose_mode(facts).batch);
  facts.time_given = 6h;
  REQUIRE_FALSE(choose_mode(facts).batch);
  facts.requests_per_minute = 10'000;  // 100 minutes
  REQUIRE_FALSE(choose_mode(facts).batch);
  facts.tokens_per_minute = 1'000'000;  // 500 minutes
  REQUIRE(choose_mode(facts).batch);
}

TEST_CASE("by time they go online, unless the limits make that take more than a day") {
  mode_facts facts = many();
  facts.prefer = preference::time;
  REQUIRE_FALSE(choose_mode(facts).batch);
  facts.requests_per_minute = 100;
  REQUIRE(choose_mode(facts).batch);
}

TEST_CASE("a deadline is a time from now, or the next time of day") {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  const wall_time noon(std::chrono::seconds(1'800'014'400));  // 2027-01-15 12:00
  REQUIRE(deadline_after("6h", noon) == noon + 6h);
  REQUIRE(deadline_after("18:30", noon) == noon + 6h + 30min);
  REQUIRE(deadline_after("08:00", noon) == noon + 20h);
  REQUIRE(deadline_after("12:00", noon) == noon + 24h);
  REQUIRE_FALSE(deadline_after("", noon));
}

TEST_CASE("looks grow rarer while nothing moves, and come often again when something does") {
  poll_pace pace(5s);
  REQUIRE(pace.next(0.5) == 5s);
  duration last{};
  for (int i = 0; i < 30; ++i) last = pace.next(0.5);
  REQUIRE(last == 60s);
  REQUIRE(pace.next(0) == 54s);
  pace.restart();
  REQUIRE(pace.next(0.5) == 5s);
}
