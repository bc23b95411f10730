#include "runner/flow/knee_search.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

const time_point start{1000h};

/// Enough answers of one latency to be judged.
knee_search::advice answers(knee_search& knee, double limit, duration latency,
                            time_point now = start) {
  knee_search::advice last;
  for (double n = 0; n < std::max(16.0, limit); ++n)
    last = knee.answered(latency, limit, true, now);
  return last;
}

}  // namespace

TEST_CASE("while latency stays as it is, more requests bring more answers") {
  knee_search knee;
  for (double limit = 16; limit <= 512; limit *= 2) {
    const auto advice = answers(knee, limit, 100ms);
    REQUIRE_FALSE(advice.hold);
    REQUIRE_FALSE(advice.limit);
  }
}

TEST_CASE("a server that batches answers more slowly and still more: go on") {
  knee_search knee;
  answers(knee, 32, 100ms);
  REQUIRE_FALSE(answers(knee, 64, 140ms).limit);
}

TEST_CASE("where only the latency grows, the last limit that paid is taken up again and held") {
  knee_search knee;
  answers(knee, 32, 100ms);
  answers(knee, 64, 105ms);
  const auto advice = answers(knee, 128, 205ms);
  REQUIRE(advice.limit == 64.0);
  REQUIRE(advice.hold);
  REQUIRE(knee.answered(100ms, 64, true, start + 9s).hold);
  REQUIRE_FALSE(knee.answered(100ms, 64, true, start + 11s).hold);
}

TEST_CASE("each search in vain is followed by a longer rest, until one pays") {
  knee_search knee;
  answers(knee, 64, 100ms);
  answers(knee, 128, 200ms, start);
  answers(knee, 64, 100ms, start + 5s);
  const auto again = start + 11s;
  REQUIRE(answers(knee, 128, 200ms, again).limit);
  REQUIRE(knee.answered(100ms, 64, true, again + 19s).hold);
  REQUIRE_FALSE(knee.answered(100ms, 64, true, again + 21s).hold);
}

TEST_CASE("answers that the limit did not hold back prove nothing") {
  knee_search knee;
  for (int i = 0; i < 1000; ++i) {
    REQUIRE_FALSE(knee.answered(i * 1ms, 16, false, start).limit);
  }
  REQUIRE_FALSE(answers(knee, 16, 1ms).limit);
}
