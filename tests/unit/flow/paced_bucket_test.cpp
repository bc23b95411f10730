#include "runner/flow/paced_bucket.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

const time_point start{1000h};

/// Takes one unit whenever the bucket allows it; returns how many went in `span`.
int sent_within(paced_bucket& bucket, duration span, duration lateness = 0ms) {
  int sent = 0;
  for (time_point now = start; now < start + span;) {
    if (bucket.ready_at() > now) {
      now = bucket.ready_at() + lateness;
      continue;
    }
    bucket.take(1, now);
    ++sent;
  }
  return sent;
}

}  // namespace

TEST_CASE("a bucket spreads a minute's worth evenly over the minute") {
  paced_bucket bucket(600);
  REQUIRE(sent_within(bucket, 1s) <= 11);
  paced_bucket other(600);
  const int in_a_minute = sent_within(other, 60s);
  REQUIRE(in_a_minute >= 599);
  REQUIRE(in_a_minute <= 601);
}

TEST_CASE("late timers cost no rate") {
  paced_bucket bucket(6000);
  REQUIRE(sent_within(bucket, 60s, 7ms) >= 5990);
}

TEST_CASE("unused rate is not saved up for a burst") {
  paced_bucket bucket(60);
  bucket.take(1, start);
  const time_point later = start + 1h;
  bucket.take(1, later);
  REQUIRE(bucket.ready_at() > later + 900ms);
}

TEST_CASE("a large take makes the next one wait, a correction shortens or lengthens that") {
  paced_bucket bucket(60000);
  bucket.take(10000, start);
  const time_point ready = bucket.ready_at();
  REQUIRE(ready > start + 9900ms);
  bucket.correct(-4000);
  REQUIRE(bucket.ready_at() == ready - 4s);
  bucket.correct(1000);
  REQUIRE(bucket.ready_at() == ready - 3s);
}

TEST_CASE("a bucket without limit never holds anything back") {
  paced_bucket bucket;
  REQUIRE_FALSE(bucket.limited());
  for (int i = 0; i < 1000; ++i) bucket.take(1e9, start);
  REQUIRE(bucket.ready_at() <= start);
}

TEST_CASE("what is owed is earned at the rate of the moment") {
  paced_bucket bucket(60);
  bucket.take(10, start);
  const time_point owed = bucket.ready_at();
  bucket.set_rate(600, start);
  REQUIRE(bucket.ready_at() - start == (owed - start) / 10);
  bucket.set_rate(60, start);
  REQUIRE(bucket.ready_at() - owed < 1us);
  bucket.set_rate(paced_bucket::unlimited, start);
  REQUIRE(bucket.ready_at() == start);
}

TEST_CASE("nothing may go before the end of a pause, and nothing is owed for it") {
  paced_bucket bucket(600);
  bucket.begin_at(start + 10s);
  REQUIRE(bucket.ready_at() == start + 10s);
  bucket.set_rate(60, start + 1s);
  REQUIRE(bucket.ready_at() == start + 10s);
  bucket.take(1, start + 10s);
  REQUIRE(bucket.ready_at() == start + 11s);
}
