#include "runner/batch/token_queue.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

const time_point start{1000h};

}  // namespace

TEST_CASE("a queue without a known limit takes everything") {
  token_queue queue;
  queue.entered(1'000'000'000);
  REQUIRE(queue.admits(1'000'000'000, start));
}

TEST_CASE("a given limit bounds what is inside, and what leaves makes room") {
  token_queue queue(1000);
  queue.entered(600);
  REQUIRE(queue.admits(400, start));
  REQUIRE_FALSE(queue.admits(401, start));
  queue.left(600);
  REQUIRE(queue.admits(1000, start));
}

TEST_CASE("a refusal beside others holds back until one of them has left") {
  token_queue queue;
  queue.entered(600);
  queue.refused(std::nullopt, start);
  REQUIRE_FALSE(queue.admits(1, start + 100h));
  REQUIRE_FALSE(queue.next_try());
  queue.left(600);
  REQUIRE(queue.admits(1, start));
}

TEST_CASE("a refusal alone is tried again after a time that doubles up to ten minutes") {
  token_queue queue;
  time_point now = start;
  duration last = 0s;
  for (int i = 0; i < 8; ++i) {
    queue.refused(2000, now);
    REQUIRE_FALSE(queue.admits(10, now));
    REQUIRE(queue.next_try());
    last = *queue.next_try() - now;
    if (i == 0) REQUIRE(last == 30s);
    if (i == 1) REQUIRE(last == 60s);
    now = *queue.next_try();
    REQUIRE(queue.admits(10, now));
  }
  REQUIRE(last == 10min);
}

TEST_CASE("what the server names is the limit from then on") {
  token_queue queue;
  queue.entered(500);
  queue.refused(800, start);
  queue.left(500);
  queue.entered(500);
  REQUIRE(queue.admits(300, start));
  REQUIRE_FALSE(queue.admits(301, start));
  REQUIRE(queue.is_too_large(801));
  REQUIRE_FALSE(queue.is_too_large(800));
}
