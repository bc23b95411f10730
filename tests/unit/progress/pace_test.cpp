// Pacing by the run's own time.
#include "runner/progress/pace.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

TEST_CASE("the first time is now, or when it was asked for") {
  CHECK(pace(100ms).due(0s));
  CHECK_FALSE(pace(10s, 10s).due(9999ms));
  CHECK(pace(10s, 10s).due(10s));
}

TEST_CASE("a late call does not shift the ones after it") {
  pace p(10s, 10s);
  CHECK(p.due(13s));
  CHECK_FALSE(p.due(19s));
  CHECK(p.due(20s));
  CHECK(p.due(57s));  // missed ones are not made up for
  CHECK_FALSE(p.due(58s));
  CHECK(p.due(60s));
}

TEST_CASE("a thousand calls a second draw ten times") {
  pace p(100ms);
  int drawn = 0;
  for (auto t = 0ms; t < 1s; t += 1ms) drawn += p.due(t);
  CHECK(drawn == 10);
}
