#include "runner/flow/recovery_curve.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

const time_point start{1000h};

}  // namespace

TEST_CASE("a value that was never cut stays what it is") {
  REQUIRE(recovery_curve().at(start, 7) == 7);
}

TEST_CASE("after a cut the value is back at its ceiling after the plateau, and then goes beyond") {
  recovery_curve curve;
  curve.cut(100, 0.2, 10s, start);
  REQUIRE(curve.at(start, 0) == Approx(80));
  REQUIRE(curve.at(start + 5s, 0) == Approx(97.5));
  REQUIRE(curve.at(start + 10s, 0) == Approx(100));
  REQUIRE(curve.at(start + 12s, 0) < 101);
  REQUIRE(curve.at(start + 20s, 0) == Approx(105));
}

TEST_CASE("time that is spent in a pause does not count") {
  recovery_curve curve;
  curve.cut(100, 0.2, 10s, start);
  curve.delay(30s);
  REQUIRE(curve.at(start + 20s, 0) == Approx(80));
  REQUIRE(curve.at(start + 40s, 0) == Approx(100));
}
