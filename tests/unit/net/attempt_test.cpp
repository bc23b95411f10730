#include "runner/net/attempt.hpp"

#include <boost/asio/io_context.hpp>

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

TEST_CASE("an attempt that is looked at late every time ends nevertheless") {
  attempt a(start, start + 1min);
  int times = 0;
  while (a.goes_on(a.when() + 2s)) REQUIRE(++times < 10);
  CHECK(times == most_put_off);
}

TEST_CASE("looks that are late count from the last byte on where an attempt is bound by stalls") {
  attempt a(start, start + 1min);
  a.bound_by_stalls(1min);
  for (int i = 0; i < 10; ++i) {
    CHECK(a.goes_on(a.when() + 2s));
    a.moved = a.when();
    CHECK(a.goes_on(a.when()));
  }
}

TEST_CASE("a timer that is late every time is put off a few times only") {
  boost::asio::io_context io;
  net_timer timer(io.get_executor());
  const auto fires_late = [&] { timer.expires_at(std::chrono::steady_clock::now() - 2s); };
  unsigned times = 0;
  for (unsigned i = 0; i < most_put_off; ++i) {
    fires_late();
    REQUIRE(put_off_if_late(timer, times));
    REQUIRE(timer.expiry() > std::chrono::steady_clock::now());
  }
  fires_late();
  CHECK_FALSE(put_off_if_late(timer, times));
}

TEST_CASE("an attempt begun after its deadline gets none") {
  attempt a(start, start - 1min);
  CHECK_FALSE(a.goes_on(start));
}
