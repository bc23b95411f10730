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

TEST_CASE("tokens matter where the spec limits them, or once half of them are gone") {
  boost::asio::io_context io(1);
  fake_clock time(io.get_executor());
  task_group helpers(io.get_executor(), [] {});
  limits_spec given;
  given.tokens_per_minute = 1000;
  CHECK(admission(io.get_executor(), time, helpers, given, 60s).tokens_matter());

  admission gate(io.get_executor(), time, helpers, limits_spec(), 60s);
  lane& l = gate.lane_of("m", "/v1/x");
  traffic_report report;
  report.limits.requests.limit = 100;
  std::vector<bool> matter;
  for (const double left : {1000, 600, 400, 900}) {
    if (left < 1000) report.limits.tokens.limit = 1000;
    report.limits.tokens.remaining = left;
    departure sent;
    boost::asio::co_spawn(io.get_executor(), gate.enter(l, 0, token_estimate(), sent),
                          [](const std::exception_ptr&, bool) {});
    io.restart();
    io.poll();
    gate.leave(l, sent, report);
    matter.push_back(gate.tokens_matter());
  }
  CHECK(matter == std::vector<bool>{false, false, true, true});
}
