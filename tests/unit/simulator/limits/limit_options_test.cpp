// How the options of limits are read.
#include "batchmill/error.hpp"
#include "batchmill/simulation.hpp"
#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

TEST_CASE("limit models and token costs have names") {
  CHECK(parse_simulated_limit_model("sliding") == simulated_limit_model::sliding);
  CHECK(parse_simulated_limit_model("second") == simulated_limit_model::second);
  CHECK_THROWS_AS(parse_simulated_limit_model("hourly"), usage_error);
  CHECK(parse_simulated_token_cost("max") == simulated_token_cost::larger);
  CHECK(parse_simulated_token_cost("input") == simulated_token_cost::input);
  CHECK_THROWS_AS(parse_simulated_token_cost(""), usage_error);
}

TEST_CASE("the share of answers with headers") {
  CHECK(parse_simulated_header_share("all") == 1);
  CHECK(parse_simulated_header_share("none") == 0);
  CHECK(parse_simulated_header_share("25%") == 0.25);
  for (const auto* text : {"", "some", "0%", "101%", "-1%", "25", "%", "nan%"})
    CHECK_THROWS_AS(parse_simulated_header_share(text), usage_error);
}

TEST_CASE("limit changes are times and factors") {
  const auto changes = parse_simulated_limit_changes("20s=x0.5, 1m=x4");
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].after == 20s);
  CHECK(changes[0].factor == 0.5);
  CHECK(changes[1].after == 1min);
  CHECK(changes[1].factor == 4);
  for (const auto* text : {"", "20s", "20s=2", "20s=x0", "20s=x-1", "x=x1", "20s=x1,", "20s=xinf"})
    CHECK_THROWS_AS(parse_simulated_limit_changes(text), usage_error);
}

TEST_CASE("other tenants are a range and perhaps a period") {
  auto others = parse_simulated_tenants("30%-60%");
  CHECK(others.least == 0.3);
  CHECK(others.most == 0.6);
  CHECK(others.period == 60s);
  others = parse_simulated_tenants("30%-60%, 20s");
  CHECK(others.period == 20s);
  for (const auto* text : {"", "30%", "30-60", "30%-60%,", "30%-60%,soon", "-30%-60%"})
    CHECK_THROWS_AS(parse_simulated_tenants(text), usage_error);
}

TEST_CASE("limits that contradict one another are refused") {
  const auto refused = [](auto change) {
    simulated_limits limits;
    change(limits);
    try {
      check_simulated_limits(limits);
    } catch (const usage_error&) {
      return true;
    }
    return false;
  };
  using model = simulated_limit_model;
  CHECK(!refused([](auto&) {}));
  CHECK(refused([](auto& l) { l.window = 10s; }));
  CHECK(!refused([](auto& l) { l.window = 10s, l.model = model::sliding; }));
  CHECK(refused([](auto& l) { l.window = 2min, l.model = model::sliding; }));
  CHECK(refused([](auto& l) { l.window = 0s, l.model = model::minute; }));
  CHECK(!refused([](auto& l) { l.burst = 1s; }));
  CHECK(refused([](auto& l) { l.burst = 1s, l.model = model::second; }));
  CHECK(refused([](auto& l) { l.burst = 0s; }));
  CHECK(refused([](auto& l) { l.others = {0.5, 0.4, 60s}; }));
  CHECK(refused([](auto& l) { l.others = {0.5, 1, 60s}; }));
  CHECK(refused([](auto& l) { l.others = {0.1, 0.2, 0s}; }));
  CHECK(refused([](auto& l) { l.changes = {{20s, 2}, {10s, 1}}; }));
  CHECK(refused([](auto& l) { l.changes = {{20s, 0}}; }));
  CHECK(refused([](auto& l) { l.max_concurrency = -1; }));
  CHECK(refused([](auto& l) { l.concurrency_status = 500; }));
}
