#include "runner/simulator/limits/sliding_window.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/simulator/limits/greedy_client.hpp"

using namespace batchmill;
using namespace batchmill::simulator_detail;
using namespace batchmill::testing;
using namespace std::chrono_literals;

TEST_CASE("what was taken comes back a minute later, piece by piece") {
  sliding_window w(10, 1min, noon);
  w.take(4);
  w.advance(noon + 10s, 0);
  w.take(6);
  CHECK(w.remaining() == 0);
  CHECK(w.wait_for(4) == 50s);
  CHECK(w.wait_for(5) == 60s);
  CHECK(w.until_full() == 60s);
  w.advance(noon + 60s - 1ms, 0);
  CHECK(w.remaining() == 0);
  w.advance(noon + 60s, 0);
  CHECK(w.remaining() == 4);
}

TEST_CASE("hours of a sliding window yield the limit, never more within any window") {
  simulated_limits limits;
  limits.model = simulated_limit_model::sliding;
  limit_under_test whole(limits, 600);
  const auto taken = take_all(whole.limit, 2h);
  CHECK(taken.size() == 2 * 60 * 600);
  CHECK(most_within(taken, 1min) == 600);
  limits.window = 10s;
  limit_under_test shorter(limits, 600);
  const auto more = take_all(shorter.limit, 2h);
  CHECK(more.size() == 2 * 60 * 600);
  CHECK(most_within(more, 10s) == 100);
}

TEST_CASE("what is given back was taken last") {
  sliding_window w(10, 1min, noon);
  w.take(5);
  w.advance(noon + 10s, 0);
  w.take(5);
  w.take(-6);
  CHECK(w.remaining() == 6);
  CHECK(w.until_full() == 50s);
  w.take(-100);
  CHECK(w.remaining() == 10);
}

TEST_CASE("others' part of a sliding window comes back like ours") {
  sliding_window w(10, 1min, noon);
  w.take(8);
  w.advance(noon + 10s, 5);
  CHECK(w.remaining() == 0);
  CHECK(w.wait_for(10) == 60s);
}
