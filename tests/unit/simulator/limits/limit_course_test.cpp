#include "runner/simulator/limits/limit_course.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/simulator/limits/greedy_client.hpp"

using namespace batchmill;
using namespace batchmill::simulator_detail;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

simulated_limits shared(double least, double most) {
  simulated_limits limits;
  limits.others = {least, most, 20s};
  return limits;
}

}  // namespace

TEST_CASE("a limit changes at the given times after the first request") {
  simulated_limits limits;
  limits.changes = {{20s, 0.5}, {40s, 4}};
  limit_course course(limits, 1);
  CHECK(course.factor(noon + 1h) == 1);  // nothing was asked yet
  course.begin(noon);
  course.begin(noon + 1h);
  CHECK(course.factor(noon + 20s - 1ns) == 1);
  CHECK(course.factor(noon + 20s) == 0.5);
  CHECK(course.factor(noon + 1h) == 4);
  CHECK(course.left(noon, noon + 1min) == Approx((20 + 10 + 80) / 60.0));
  CHECK(course.left(noon + 10s, noon + 30s) == Approx((10 + 5) / 60.0));
}

TEST_CASE("others swing within their bounds, and repeat with the seed") {
  const auto limits = shared(0.3, 0.6);
  const other_tenants tenants(limits.others, 7), again(limits.others, 7), other(limits.others, 8);
  double least = 1, most = 0, different = 0;
  for (double t = 0; t < 400; t += 0.125) {
    least = std::min(least, tenants.share(t));
    most = std::max(most, tenants.share(t));
    CHECK(tenants.share(t) == again.share(t));
    different += std::abs(tenants.share(t) - other.share(t));
  }
  CHECK(least >= 0.3);
  CHECK(least < 0.36);
  CHECK(most <= 0.6);
  CHECK(most > 0.54);
  CHECK(different > 0);
}

TEST_CASE("the sum of others' part is that of its moments") {
  const auto limits = shared(0.1, 0.8);
  const other_tenants tenants(limits.others, 3);
  double sum = 0;
  for (double t = 1.7; t < 101.7; t += 0.001) sum += tenants.share(t + 0.0005) * 0.001;
  CHECK(tenants.total(1.7, 101.7) == Approx(sum).epsilon(1e-4));
  CHECK(tenants.total(5, 5) == 0);
}

TEST_CASE("in every model hours yield what changes and others leave, and the burst") {
  auto limits = shared(0.3, 0.6);
  limits.changes = {{30min, 0.5}, {60min, 2}};
  for (const auto model : {simulated_limit_model::continuous, simulated_limit_model::sliding,
                           simulated_limit_model::minute, simulated_limit_model::second}) {
    limits.model = model;
    limit_under_test t(limits, 6000, 5);
    const auto taken = static_cast<double>(take_all(t.limit, 90min).size());
    const double left = t.limit.left(noon, noon + 90min);
    CHECK(left > 6000 * 90 * 0.4);
    CHECK(left < 6000 * 90 * 0.9);
    // Who is there first in a second or a window gets others' part, too: this client always is.
    const bool first_come = model != simulated_limit_model::continuous;
    CHECK(taken >= left);
    if (!first_come) CHECK(taken <= left + t.limit.burst() * 2);
  }
}

TEST_CASE("others' part shows in what remains") {
  const auto limits = shared(0.5, 0.5);
  for (const auto model : {simulated_limit_model::continuous, simulated_limit_model::sliding,
                           simulated_limit_model::minute}) {
    auto shape = limits;
    shape.model = model;
    limit_under_test t(shape, 6000);
    t.limit.advance(noon + 1ms);
    t.limit.take(3000);
    t.limit.advance(noon + 20s);
    // Taken 3000; within 20 s others had 1000 and, continuously, 2000 flowed in.
    const double expected = model == simulated_limit_model::continuous ? 4000 : 2000;
    CHECK(t.limit.kept().remaining() == Approx(expected).margin(1));
  }
}

TEST_CASE("a change counts from its time on, however late it is noticed") {
  simulated_limits limits;
  limits.changes = {{20s, 0.5}};
  limit_under_test t(limits, 600);
  t.limit.take(600);
  t.limit.advance(noon + 30s);
  CHECK(t.limit.limit() == 300);
  CHECK(t.limit.kept().remaining() == Approx(200 + 50));
}
