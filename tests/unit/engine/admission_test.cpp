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
