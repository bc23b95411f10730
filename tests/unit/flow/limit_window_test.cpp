#include "runner/flow/limit_window.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

const time_point start{1000h};

limit_headers headers_of(double limit, double remaining, duration reset) {
  limit_headers headers;
  headers.limit = limit;
  headers.remaining = remaining;
  headers.reset = reset;
  return headers;
}

}  // namespace

TEST_CASE("a window whose end stands still is fixed, and is over at its end") {
  limit_window window;
  for (int i = 0; i < 10; ++i) {
    window.observe(headers_of(600, 600 - 10 * i, 60s - i * 1s), start + i * 1s);
  }
  REQUIRE(window.end(start + 9s) == start + 60s);
  REQUIRE_FALSE(window.end(start + 60s));
  REQUIRE_FALSE(window.daily());
}

TEST_CASE("a bucket that is refilled all the time has no window") {
  limit_window window;
  for (int i = 0; i < 10; ++i) window.observe(headers_of(600, 590, 1s), start + i * 1s);
  REQUIRE_FALSE(window.end(start + 9s));
}

TEST_CASE("a server that changes its way of counting is followed") {
  limit_window window;
  for (int i = 0; i < 10; ++i) window.observe(headers_of(600, 590, 1s), start + i * 1s);
  for (int i = 10; i < 20; ++i) window.observe(headers_of(600, 300, 60s - i * 1s), start + i * 1s);
  REQUIRE(window.end(start + 20s) == start + 60s);
}

TEST_CASE("a limit per day is known by the time that one request takes to come back") {
  limit_window window;
  window.observe(headers_of(10000, 9999, 8640ms), start);
  window.observe(headers_of(10000, 9998, 17280ms), start + 1s);
  REQUIRE(window.daily());
  window.observe(headers_of(10000, 10000, 0s), start + 2s);
  REQUIRE(window.daily());
  for (int i = 0; i < 5; ++i) window.observe(headers_of(500, 499, 120ms), start + 3s);
  REQUIRE_FALSE(window.daily());
  for (int i = 0; i < 5; ++i) window.observe(headers_of(500, 100, 19h + 12min), start + 4s);
  REQUIRE(window.daily());
}

TEST_CASE("a limit of millions a day is known although resets are rounded") {
  limit_window window;
  for (int used = 1; used <= 2; ++used) {
    window.observe(headers_of(10'000'000, 10'000'000 - used, used * 8ms), start);
    REQUIRE_FALSE(window.by_the_minute());
  }
  REQUIRE(window.daily());
  limit_window of_tokens;  // a minute's, so large that what is used hardly shows
  for (int i = 0; i < 5; ++i) of_tokens.observe(headers_of(1e9, 1e9 - 40, 0ms), start);
  REQUIRE(of_tokens.by_the_minute());
}

TEST_CASE("a reset that fits neither a minute nor a day says nothing") {
  limit_window window;
  for (int i = 0; i < 10; ++i) window.observe(headers_of(6000, 5999, 6min), start + i * 1s);
  REQUIRE_FALSE(window.daily());
  REQUIRE_FALSE(window.end(start + 10s));
}

TEST_CASE("headers without a reset say nothing about the window") {
  limit_window window;
  limit_headers headers;
  headers.limit = 10;
  window.observe(headers, start);
  REQUIRE_FALSE(window.end(start));
  REQUIRE_FALSE(window.daily());
}
