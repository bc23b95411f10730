#include "runner/net/attempt.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

const time_point start{1h};

}  // namespace

TEST_CASE("an attempt with one deadline ends at it, whatever moves") {
  attempt a(start, start + 1min);
  a.moved = start + 59s;
  CHECK_FALSE(a.goes_on(start + 1min));
}

TEST_CASE("an attempt bound by stalls goes on while bytes move") {
  attempt a(start, start + 1min);
  a.bound_by_stalls(1min);
  a.moved = start + 59s;
  CHECK(a.goes_on(start + 1min));
  CHECK(a.when() == start + 119s);
  CHECK_FALSE(a.goes_on(start + 119s));
}

TEST_CASE("more patience is looked at again when the answer may have begun since") {
  attempt a(start, start + 1min);
  a.bound_by_stalls(1min);
  a.patience = 10min;
  CHECK(a.goes_on(start + 1min));
  CHECK(a.when() == start + 2min);
  a.patience = 1min;
  CHECK_FALSE(a.goes_on(start + 2min));
}

TEST_CASE("an attempt that is looked at late, as the process was stopped, gets time to be read") {
  attempt a(start, start + 1min);
  CHECK(a.goes_on(start + 2min));
  CHECK(a.when() == start + 2min + 10s);
  CHECK_FALSE(a.goes_on(a.when()));

  attempt b(start, start + 1min);
  CHECK(b.goes_on(start + 63s));
  CHECK(b.when() == start + 66s);
  CHECK_FALSE(b.goes_on(b.when() + 900ms));
}

TEST_CASE("an attempt begun after its deadline gets none") {
  attempt a(start, start - 1min);
  CHECK_FALSE(a.goes_on(start));
}
