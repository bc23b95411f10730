// The little that the observer's vocabulary computes itself.
#include "batchmill/observer.hpp"

#include <set>
#include <string>

#include "tests/support/catch.hpp"

using namespace batchmill;

TEST_CASE("every bottleneck has its own name") {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(bottleneck::input); ++i)
    names.insert(to_string(static_cast<bottleneck>(i)));
  REQUIRE(names.size() == 11);
  REQUIRE(names.count("unknown") == 0);
  REQUIRE(std::string(to_string(bottleneck::tokens)) == "tokens");
}

TEST_CASE("rows per second count failed rows too, and no time means no rate") {
  run_summary s;
  s.rows_ok = 90;
  s.rows_failed = 10;
  REQUIRE(s.rows_per_second() == 0);
  s.wall = std::chrono::seconds(4);
  REQUIRE(s.rows_per_second() == 25);
}
