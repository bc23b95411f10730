#include "runner/flow/server_bucket.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

const time_point start{1000h};

/// As a bucket that is refilled all the time says it.
limit_headers headers_of(double limit, double remaining) {
  limit_headers headers;
  headers.limit = limit;
  headers.remaining = remaining;
  headers.reset = std::chrono::duration_cast<duration>((1 - remaining / limit) * 60s);
  return headers;
}

/// A bucket that was told so.
server_bucket told(double limit, double remaining) {
  server_bucket bucket;
  const auto sent = bucket.take(1, start);
  bucket.observe(headers_of(limit, remaining), sent, start);
  return bucket;
}

}  // namespace

TEST_CASE("nothing is known before a header states a limit") {
  server_bucket bucket;
  const auto sent = bucket.take(1, start);
  REQUIRE_FALSE(bucket.observe(limit_headers(), sent, start));
  REQUIRE_FALSE(bucket.known());
}

TEST_CASE("a full bucket is used at the stated rate, no faster") {
  REQUIRE(told(6000, 5999).advised_rate(start) == Approx(6000));
  REQUIRE(told(6000, 3000).advised_rate(start) == Approx(6000));
}

TEST_CASE("a bucket that runs low is used as fast as its level allows") {
  const auto bucket = told(6000, 15);  // 0.15 s of 0.3 s
  REQUIRE(bucket.advised_rate(start) < 5000);
  REQUIRE(bucket.advised_rate(start) > 1000);
  REQUIRE(bucket.advised_rate(start + 2s) == Approx(6000));
}

TEST_CASE("an answer corrects what was foretold at its sending, not what is true now") {
  auto bucket = told(6000, 5000);
  const auto first = bucket.take(1, start);
  for (int i = 0; i < 1000; ++i) bucket.take(1, start);
  // The server saw the first request before the thousand others: the prediction was right.
  const auto error = bucket.observe(headers_of(6000, 4999), first, start);
  REQUIRE(error == Approx(0).margin(1e-6));
}

TEST_CASE("what others take shows as an error, once") {
  auto bucket = told(6000, 5000);
  const auto first = bucket.take(1, start);
  const auto second = bucket.take(1, start);
  const auto third = bucket.take(1, start);
  REQUIRE(bucket.observe(headers_of(6000, 3999), first, start) == Approx(-1000));
  // The same thousand again, less what is believed by now.
  REQUIRE(bucket.observe(headers_of(6000, 3998), second, start) == Approx(-800));
  REQUIRE(bucket.observe(headers_of(6000, 3997), third, start) == Approx(-640));
}

TEST_CASE("a new limit holds from the answer that states it") {
  auto bucket = told(6000, 5000);
  bucket.observe(headers_of(12000, 10000), bucket.take(1, start), start);
  REQUIRE(bucket.advised_rate(start) == Approx(12000));
  bucket.observe(headers_of(3000, 2500), bucket.take(1, start), start);
  REQUIRE(bucket.advised_rate(start) == Approx(3000));
}

TEST_CASE("in a fixed window what is left lasts until its end") {
  server_bucket bucket;
  for (int i = 0; i < 10; ++i) {
    const time_point now = start + i * 1s;
    auto headers = headers_of(6000, 3000 - 100 * i);
    headers.reset = 60s - i * 1s;
    bucket.observe(headers, bucket.take(100, now), now);
  }
  // 2,100 or so for 51 seconds.
  REQUIRE(bucket.advised_rate(start + 9s) == Approx(60 * 2100 / 51.0).epsilon(0.05));
  // The next window begins full.
  REQUIRE(bucket.advised_rate(start + 61s) == Approx(6000));
}

TEST_CASE("a limit per day is used as it comes; when it is used up, at the rate of its refill") {
  server_bucket bucket;
  auto headers = headers_of(8640, 10);
  headers.reset = 86300s;
  for (int i = 0; i < 3; ++i) bucket.observe(headers, bucket.take(0, start), start);
  REQUIRE(bucket.daily());
  REQUIRE(std::isinf(bucket.advised_rate(start)));
  for (int i = 0; i < 10; ++i) bucket.take(1, start);
  REQUIRE(bucket.advised_rate(start) == Approx(6));
}
