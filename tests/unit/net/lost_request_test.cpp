#include "runner/net/lost_request.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

lost_request handed_over(bool unconfirmed, duration after) {
  lost_request r;
  r.whole = true;
  r.unconfirmed = unconfirmed;
  r.after = after;
  return r;
}

}  // namespace

TEST_CASE("a request that the system did not take as a whole was not read") {
  lost_request r;
  r.after = 1h;
  CHECK(was_not_read(r));
}

TEST_CASE("what arrives after the server has closed in good order was not read, however late") {
  lost_request r = handed_over(true, 1h);
  r.in_order = true;
  CHECK(was_not_read(r));
  r.after = 200ms;
  CHECK(was_not_read(r));
  r.unconfirmed = false;  // it came before
  CHECK_FALSE(was_not_read(r));
}

TEST_CASE("a reset at once is the end of an idle connection") {
  lost_request r = handed_over(false, 99ms);
  CHECK_FALSE(was_not_read(r));
  r.reset = true;
  CHECK(was_not_read(r));
  r.after = 100ms;
  CHECK_FALSE(was_not_read(r));
}

TEST_CASE("a reset while a confirmation may be held back tells nothing") {
  CHECK(was_not_read(handed_over(true, 99ms)));
  CHECK_FALSE(was_not_read(handed_over(true, 100ms)));
  CHECK_FALSE(was_not_read(handed_over(true, 499ms)));
  CHECK(was_not_read(handed_over(true, 500ms)));
  CHECK_FALSE(was_not_read(handed_over(false, 500ms)));
}
