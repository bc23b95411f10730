#include "runner/engine/admission.hpp"

#include <boost/asio/co_spawn.hpp>

#include "tests/fakes/fake_clock.hpp"
#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

TEST_CASE("limits are kept per model and path, whatever the query") {
  boost::asio::io_context io(1);
  fake_clock time(io.get_executor());
  task_group helpers(io.get_executor(), [] {});
  admission gate(io.get_executor(), time, helpers, limits_spec(), 60s);
  CHECK(&gate.lane_of("m", "/v1/x?a=1") == &gate.lane_of("m", "/v1/x?a=2"));
  CHECK(&gate.lane_of("m", "/v1/x") != &gate.lane_of("m", "/v1/y"));
  CHECK(&gate.lane_of("m", "/v1/x") != &gate.lane_of("n", "/v1/x"));
}

TEST_CASE("tokens matter where the spec limits them, or once less than half of them are left") {
  boost::asio::io_context io(1);
  fake_clock time(io.get_executor());
  task_group helpers(io.get_executor(), [] {});
  limits_spec given;
  given.tokens_per_minute = 1000;
  CHECK(admission(io.get_executor(), time, helpers, given, 60s).tokens_matter());

  const auto after = [&](const traffic_report& report) {
    admission gate(io.get_executor(), time, helpers, limits_spec(), 60s);
    lane& l = gate.lane_of("m", "/v1/x");
    departure sent;
    REQUIRE(gate.enter_at_once(l, token_estimate(), sent));
    gate.leave(l, sent, report);
    return gate.tokens_matter();
  };
  traffic_report report;
  report.limits.requests.limit = 100;
  CHECK_FALSE(after(report));
  report.limits.tokens.limit = 1000;
  CHECK_FALSE(after(report));
  report.limits.tokens.remaining = 600;
  CHECK_FALSE(after(report));
  report.limits.tokens.remaining = 400;
  CHECK(after(report));
}
