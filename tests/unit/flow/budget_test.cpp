#include "runner/flow/budget.hpp"

#include "runner/flow/output_record.hpp"
#include "tests/support/catch.hpp"

using namespace batchmill;
using verdict = budget::verdict;

namespace {

fare exactly(std::int64_t amount) {
  return fare(money(amount), money(amount));
}

}  // namespace

TEST_CASE("budget: a request goes while all that is held and booked leaves room for it") {
  budget b(money(100), money());
  CHECK(b.judge(exactly(100)) == verdict::go);
  b.hold(money(60));
  CHECK(b.judge(exactly(40)) == verdict::go);
  CHECK(b.judge(exactly(41)) == verdict::wait);
  b.settle(money(60), money(10));
  CHECK(b.judge(exactly(90)) == verdict::go);
  CHECK(b.judge(exactly(91)) == verdict::never);
  CHECK(b.booked() == money(10));
  CHECK(b.held() == money());
}

TEST_CASE("budget: what earlier processes spent counts") {
  const budget b(money(100), money(95));
  CHECK(b.judge(exactly(5)) == verdict::go);
  CHECK(b.judge(exactly(6)) == verdict::never);
}

TEST_CASE("budget: without a cap everything goes, and nothing is promised") {
  const budget b(std::nullopt, money(95));
  CHECK(b.judge(exactly(INT64_MAX)) == verdict::go);
  CHECK_FALSE(b.promise_for(money(1000)));
}

TEST_CASE("budget: a request without a bound goes alone, held at what is known of it") {
  budget b(money(100), money());
  const fare open(money(20), money(500));
  CHECK(b.judge(open) == verdict::go);
  CHECK(b.hold_for(open) == money(20));
  b.hold(money(20));
  CHECK(b.judge(open) == verdict::wait);
  b.settle(money(20), money(90));
  CHECK(b.judge(open) == verdict::never);
  CHECK(b.hold_for(fare(money(5), money(10))) == money(10));
}

TEST_CASE("budget: a cost above what was held is booked as it is") {
  budget b(money(100), money());
  b.hold(money(20));
  b.settle(money(20), money(120));
  CHECK(b.booked() == money(120));
  CHECK(b.judge(exactly(0)) == verdict::never);
}

TEST_CASE("budget: promises go ahead of what is spent by a hundredth, and not past the cap") {
  budget b(money(1000), money());
  CHECK(b.promise_for(money(5)) == money(15));
  b.promised(money(15));
  b.hold(money(5));
  CHECK_FALSE(b.promise_for(money(10)));
  CHECK(b.promise_for(money(11)) == money(26));
  CHECK(b.promise_for(money(995)) == money(1000));
  CHECK(b.promise_for(money(2000)) == money(2005));
}

TEST_CASE("outputs are expected to be as long as the model allows, until enough were seen") {
  output_record seen;
  for (int i = 0; i < 49; ++i) seen.add(10 + i % 7);
  CHECK(seen.expect_at_most(16'384) == 16'384);
  seen.add(3);
  CHECK(seen.expect_at_most(16'384) == 2 * 16 + 64);
  CHECK(seen.expect_at_most(50) == 50);
}
