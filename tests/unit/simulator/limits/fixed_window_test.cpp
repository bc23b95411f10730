#include "runner/simulator/limits/fixed_window.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/simulator/limits/greedy_client.hpp"

using namespace batchmill;
using namespace batchmill::simulator_detail;
using namespace batchmill::testing;
using namespace std::chrono_literals;

TEST_CASE("all of a window is there at its beginning, and nothing more until the next") {
  fixed_window w(60, 1min, noon);
  CHECK(w.remaining() == 60);
  w.take(59);
  w.advance(noon + 20s, 0);
  CHECK(w.remaining() == 1);
  CHECK(w.wait_for(1) == 0s);
  CHECK(w.wait_for(2) == 40s);
  CHECK(w.until_full() == 40s);
  w.advance(noon + 1min, 0);
  CHECK(w.remaining() == 60);
  CHECK(w.until_full() == 1min);
}

TEST_CASE("hours of windows yield the limit, taken at the beginning of each") {
  simulated_limits limits;
  limits.model = simulated_limit_model::minute;
  limit_under_test whole(limits, 600);
  const auto taken = take_all(whole.limit, 2h);
  CHECK(taken.size() == 2 * 60 * 600);
  CHECK(most_within(taken, 1s) == 600);
  limits.window = 10s;
  limit_under_test shorter(limits, 600);
  const auto more = take_all(shorter.limit, 2h);
  CHECK(more.size() == 2 * 60 * 600);
  CHECK(most_within(more, 1s) == 100);
}

TEST_CASE("what overshoots a window counts in the next ones") {
  fixed_window w(60, 10s, noon);  // ten in each window
  w.take(25);
  CHECK(w.wait_for(1) == 20s);
  CHECK(w.wait_for(6) == 30s);
  w.advance(noon + 10s, 0);
  CHECK(w.remaining() == -5);
  w.advance(noon + 20s, 0);
  CHECK(w.remaining() == 5);
  w.take(25);
  w.advance(noon + 1h, 0);
  CHECK(w.remaining() == 10);
}

TEST_CASE("a limit cut in the middle of a window owes nothing to the next one") {
  fixed_window w(60, 1min, noon);
  w.take(50);
  w.set_limit(30);
  CHECK(w.remaining() == -20);
  CHECK(w.wait_for(1) == 1min);
  w.advance(noon + 1min, 0);
  CHECK(w.remaining() == 30);
}

TEST_CASE("others count a window down, and find nothing in an empty one") {
  fixed_window w(60, 1min, noon);
  w.advance(noon + 30s, 15);
  CHECK(w.remaining() == 45);
  w.take(45);
  w.advance(noon + 50s, 10);
  CHECK(w.remaining() == 0);
  w.advance(noon + 70s, 10);  // half of it in either window
  CHECK(w.remaining() == 55);
}

TEST_CASE("a limit raised in the middle of a window owes nothing to the next one") {
  fixed_window w(60, 1min, noon);
  w.set_limit(120);
  w.take(110);
  w.advance(noon + 1min, 0);
  CHECK(w.remaining() == 120);
}
