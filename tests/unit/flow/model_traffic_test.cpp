#include "runner/flow/model_traffic.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

const time_point start{1000h};

traffic_report refusal(std::optional<duration> wait = {}) {
  traffic_report report;
  report.kind = answer_kind::rate_limited;
  report.wait = wait;
  return report;
}

limits_spec given(double requests_per_minute) {
  limits_spec spec;
  spec.requests_per_minute = requests_per_minute;
  return spec;
}

departure send(model_traffic& traffic, time_point now, let_in_by waited_for = let_in_by::rate) {
  return traffic.depart(token_estimate(), waited_for, now);
}

}  // namespace

TEST_CASE("a 429 makes all wait for the time that the server names") {
  model_traffic traffic(given(60000), 60s);
  traffic.arrive(send(traffic, start), refusal(30s), start);
  REQUIRE(traffic.next(start).why == rate_hold::pause);
  REQUIRE(traffic.next(start).at == start + 30s);
}

TEST_CASE("the refusals of one episode cut the rate once") {
  model_traffic traffic(given(60000), 60s);
  std::vector<departure> sent;
  for (int i = 0; i < 50; ++i) sent.push_back(send(traffic, start));
  for (const auto& s : sent) traffic.arrive(s, refusal(1s), start + 100ms);
  REQUIRE(traffic.rate().requests_per_minute(start + 1s) > 59000);
  REQUIRE(traffic.rate().requests_per_minute(start + 1s) < 60000);
}

TEST_CASE("cuts that were not enough grow, and shrink again when they were") {
  model_traffic traffic(given(60000), 60s);
  time_point now = start;
  for (int i = 0; i < 6; ++i) {
    traffic.arrive(send(traffic, now), refusal(1s), now + 100ms);
    now += 2s;
  }
  REQUIRE(traffic.rate().requests_per_minute(now) < 50000);
  now += 10min;
  REQUIRE(traffic.rate().requests_per_minute(now) == Approx(60000));
  traffic.arrive(send(traffic, now), refusal(1s), now);
  REQUIRE(traffic.rate().requests_per_minute(now) > 0.8 * 60000);
}

TEST_CASE("where no wait is named, each episode without a success doubles it, up to the longest") {
  model_traffic traffic(given(60000), 5s);
  time_point now = start;
  std::vector<duration> waits;
  for (int i = 0; i < 3; ++i) traffic.arrive(send(traffic, now), refusal(), now);
  REQUIRE(traffic.next(now).why != rate_hold::pause);
  now += 1s;
  for (int i = 0; i < 8; ++i) {
    traffic.arrive(send(traffic, now), refusal(), now);
    waits.push_back(traffic.next(now).at - now);
    now = traffic.next(now).at + 1ms;
  }
  REQUIRE(waits.front() == 200ms);
  REQUIRE(waits[1] == 400ms);
  REQUIRE(waits.back() == 5s);
  traffic_report good;
  traffic.arrive(send(traffic, now), good, now + 100ms);
  now += 1s;
  for (int i = 0; i < 4; ++i)
    traffic.arrive(send(traffic, now + i * 1us), refusal(), now + i * 1us);
  REQUIRE(traffic.next(now).at - now == 200ms + 3us);  // from the fourth on
}

TEST_CASE("slow_down halves the rate for minutes") {
  model_traffic traffic(given(60000), 60s);
  traffic_report report;
  report.kind = answer_kind::overloaded;
  report.slow_down = true;
  const auto sent = send(traffic, start);
  for (int i = 0; i < 50; ++i) traffic.arrive(send(traffic, start), report, start);
  traffic.arrive(sent, report, start);
  REQUIRE(traffic.rate().requests_per_minute(start) == Approx(30000));
  REQUIRE(traffic.rate().requests_per_minute(start + 5min) < 55000);
  REQUIRE(traffic.rate().requests_per_minute(start + 15min) == Approx(60000));
}

TEST_CASE("a stray 503 halts nobody; one that names a wait halts all") {
  model_traffic traffic(given(60000), 60s);
  traffic_report report;
  report.kind = answer_kind::overloaded;
  traffic.arrive(send(traffic, start), report, start);
  REQUIRE(traffic.next(start + 100ms).why == rate_hold::none);
  report.wait = 5s;
  traffic.arrive(send(traffic, start), report, start);
  REQUIRE(traffic.next(start).at == start + 5s);
}

TEST_CASE("without known limits the one that let the request in is to blame") {
  model_traffic traffic(limits_spec(), 60s);
  std::vector<departure> sent;
  for (int i = 0; i < 16; ++i) sent.push_back(send(traffic, start, let_in_by::room));
  for (int i = 10; i < 16; ++i) traffic.arrive(sent[i], refusal(), start);
  // Too many at once, it seems: fewer from now on, and nobody waits.
  REQUIRE(traffic.concurrency().limit() < 11);
  REQUIRE(traffic.next(start).why == rate_hold::none);
  REQUIRE_FALSE(traffic.rate().assumes());
  for (int i = 0; i < 10; ++i) traffic.arrive(sent[i], traffic_report(), start + 100ms);
  // Fewer at once were too many as well: it is the rate, as it was measured so far.
  for (int i = 0; i < 4; ++i) {
    const time_point now = start + 500ms + i * 1us;
    traffic.arrive(send(traffic, now, let_in_by::concurrency), refusal(), now);
  }
  REQUIRE(traffic.rate().assumes());
  REQUIRE(traffic.next(start + 500ms).why == rate_hold::pause);
}

TEST_CASE("an attempt that brought no response only frees its place") {
  model_traffic traffic(given(60000), 60s);
  traffic_report report;
  report.responded = false;
  report.kind = answer_kind::transient;
  traffic.arrive(send(traffic, start), report, start);
  REQUIRE(traffic.concurrency().in_flight() == 0);
}

TEST_CASE("a server that refuses from the first request on is asked with growing pauses") {
  model_traffic traffic(limits_spec(), 60s);
  time_point now = start;
  unsigned sent = 0;
  for (; now < start + 10min; ++sent) {
    traffic.arrive(send(traffic, now), refusal(), now);
    now = std::max(traffic.next(now).at, now + 1ms);
  }
  REQUIRE(sent < 40);
}

TEST_CASE("the tokens of an attempt without a response are given back") {
  limits_spec spec;
  spec.tokens_per_minute = 60000;
  model_traffic traffic(spec, 60s);
  traffic_report report;
  report.responded = false;
  for (int i = 0; i < 100; ++i) {
    traffic.arrive(traffic.depart(token_estimate(0, 4000), let_in_by::room, start), report, start);
  }
  REQUIRE(traffic.next(start + 1s).at == start + 1s);
}
