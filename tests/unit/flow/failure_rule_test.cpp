#include "runner/flow/failure_rule.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;

TEST_CASE("the run stops when too large a share failed, counted after so many rows") {
  stop_spec spec;
  spec.failures = 0.05;
  spec.after = 200;
  const failure_rule rule(spec);
  REQUIRE_FALSE(rule.judge(199, 199));
  REQUIRE_FALSE(rule.judge(10, 200));
  const auto sentence = rule.judge(11, 200);
  REQUIRE(sentence);
  REQUIRE_THAT(*sentence, ContainsSubstring("11 of 200 finished rows failed, more than the 5 %"));
}

TEST_CASE("with failures at 100 % the run never stops for them") {
  stop_spec spec;
  spec.failures = 1;
  REQUIRE_FALSE(failure_rule(spec).judge(1000, 1000));
}
