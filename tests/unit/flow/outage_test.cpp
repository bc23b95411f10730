#include "runner/flow/outage.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;
using phase = outage::phase;

namespace {

const time_point start{1h};

/// A server, as attempts find it.
struct course {
  void lose(duration at, duration sent_before = 1ms) {
    o.attempted(contact::unanswered, "closed unanswered", start + at - sent_before, start + at);
  }
  void refuse(duration at) {
    o.attempted(contact::unreachable, "refused", start + at - 1ms, start + at);
  }
  void answer(duration at) { o.attempted(contact::answered, "", start + at - 1ms, start + at); }
  void try_in_vain(duration at) {
    o.tried(transport_error(net_errc::connect_failed, "refused again"), start + at);
  }
  void reach(duration at) { o.tried(std::nullopt, start + at); }

  outage o{10min};
};

}  // namespace

TEST_CASE("outage: a server that cannot be reached is tried alone, ever less often") {
  course c;
  c.answer(0s);
  c.refuse(1s);
  REQUIRE(c.o.state() == phase::no_way);
  CHECK(c.o.next_try() == start + 1250ms);
  CHECK(c.o.sentence() ==
        "the server cannot be reached: refused; all rows wait while it is tried again, for up to "
        "10m");
  c.try_in_vain(1250ms);
  CHECK(c.o.next_try() == start + 1750ms);
  for (int n = 0; n < 20; ++n) c.try_in_vain(2s);
  CHECK(c.o.next_try() == start + 17s);
  c.reach(17s);
  CHECK(c.o.state() == phase::none);
  CHECK(c.o.length(start + 17s) == 16s);
}

TEST_CASE("outage: answers on old connections change nothing about new ones") {
  course c;
  c.refuse(1s);
  c.answer(2s);
  c.lose(2s);
  CHECK(c.o.state() == phase::no_way);
}

TEST_CASE("outage: refusals from before the server was back are old news") {
  course c;
  c.answer(0s);
  c.refuse(1s);
  c.reach(2s);
  c.o.attempted(contact::unreachable, "refused", start + 1s, start + 2s + 1ms);
  CHECK(c.o.state() == phase::none);
  c.o.attempted(contact::unreachable, "refused", start + 2s + 1ms, start + 2s + 2ms);
  CHECK(c.o.state() == phase::no_way);
}

TEST_CASE("outage: connections that come about and lead nowhere do not quicken the tries") {
  course c;
  c.refuse(1s);
  c.reach(1250ms);
  c.refuse(1260ms);
  CHECK(c.o.next_try() == start + 1760ms);
  c.reach(1760ms);
  c.answer(1800ms);
  c.refuse(2s);
  CHECK(c.o.next_try() == start + 2250ms);
}

TEST_CASE("outage: it ends the run after its bound, but never without a try") {
  course c;
  c.answer(0s);
  c.refuse(1s);
  c.try_in_vain(10min);
  CHECK_FALSE(c.o.verdict());
  c.try_in_vain(10min + 1s);
  REQUIRE(c.o.verdict());
  CHECK(*c.o.verdict() == "the server has not answered for 10m: refused again");
}

TEST_CASE("outage: an answer that was lost long before does not spare the tries") {
  course c;
  c.answer(0s);
  c.lose(1s);  // and then there was nothing to send
  c.refuse(20min);
  CHECK_FALSE(c.o.verdict());
  CHECK(c.o.length(start + 20min) == 0s);
  c.try_in_vain(30min);
  CHECK(c.o.verdict());
}

TEST_CASE("outage: a server that answers on old connections is not given up") {
  course c;
  c.answer(0s);
  c.refuse(1s);
  c.answer(9min);  // without a way for others, as where connections are limited
  c.try_in_vain(11min);
  CHECK_FALSE(c.o.verdict());
  c.try_in_vain(19min);
  REQUIRE(c.o.verdict());
  CHECK(*c.o.verdict() == "the server has not answered for 10m: refused again");
}

TEST_CASE("outage: unless told otherwise, a server that never answered is given up soon") {
  outage never{std::nullopt};
  never.attempted(contact::unreachable, "refused", start, start);
  never.tried(transport_error(net_errc::connect_failed, "refused"), start + 29s);
  CHECK_FALSE(never.verdict());
  never.tried(transport_error(net_errc::connect_failed, "refused"), start + 30s);
  CHECK(never.verdict());

  outage later{std::nullopt};
  later.attempted(contact::answered, "", start, start);
  later.attempted(contact::unreachable, "refused", start, start);
  later.tried(transport_error(net_errc::connect_failed, "refused"), start + 30s);
  CHECK_FALSE(later.verdict());
}

TEST_CASE("outage: a certificate that is not accepted ends a run that has no answer yet") {
  course c;
  c.o.attempted(contact::untrusted, "the certificate has expired", start, start);
  CHECK(c.o.verdict() == "the certificate has expired");

  course known;
  known.answer(0s);
  known.o.attempted(contact::untrusted, "the certificate has expired", start, start + 1s);
  CHECK(known.o.state() == phase::no_way);
  CHECK_FALSE(known.o.verdict());
}

TEST_CASE("outage: eight answers lost in a row are no chance, seven may be") {
  course c;
  c.answer(0s);
  for (int n = 1; n <= 7; ++n) c.lose(n * 10ms);
  CHECK(c.o.state() == phase::none);
  c.answer(75ms);
  for (int n = 8; n <= 14; ++n) c.lose(n * 10ms);
  CHECK(c.o.state() == phase::none);
  c.lose(150ms);
  CHECK(c.o.state() == phase::no_answer);
}

TEST_CASE("outage: what breaks off at once, under way together, is one accident") {
  course c;
  c.answer(0s);
  for (int n = 0; n < 1000; ++n) c.lose(5s + n * 1us, 4s);
  CHECK(c.o.state() == phase::none);
  c.lose(6s, 500ms);  // and this the second
  CHECK(c.o.state() == phase::no_answer);
}

TEST_CASE("outage: but not when nothing else has been answered for long") {
  course c;
  c.answer(0s);
  for (int n = 0; n < 8; ++n) c.lose(600s, 600s);
  CHECK(c.o.state() == phase::no_answer);
}

TEST_CASE("outage: a server that answers nothing is tried with one request at a time") {
  course c;
  c.answer(0s);
  for (int n = 1; n <= 8; ++n) c.lose(n * 10ms);
  REQUIRE(c.o.state() == phase::no_answer);
  c.reach(1s);
  REQUIRE(c.o.state() == phase::one_tries);
  c.lose(1100ms, 1090ms);  // one from before
  REQUIRE(c.o.state() == phase::one_tries);
  c.lose(1200ms);
  REQUIRE(c.o.state() == phase::no_answer);
  CHECK(c.o.next_try() == start + 1700ms);
  c.reach(1700ms);
  c.answer(1800ms);
  CHECK(c.o.state() == phase::none);
}

TEST_CASE("outage: a server that answers nothing ends the run after the bound, too") {
  course c;
  c.answer(0s);
  for (int n = 1; n <= 8; ++n) c.lose(1s);
  for (int n = 1; n <= 8; ++n) c.lose(20min + n * 10ms);
  CHECK_FALSE(c.o.verdict());  // nobody tried yet
  c.reach(21min);
  c.lose(22min);
  REQUIRE(c.o.verdict());
  CHECK_THAT(*c.o.verdict(), ContainsSubstring("closed unanswered"));
}

TEST_CASE("outage: which failures tell what about the server") {
  CHECK(contact_of(std::nullopt) == contact::answered);
  for (const auto code : {net_errc::resolve_failed, net_errc::connect_failed, net_errc::tls_failed,
                          net_errc::proxy_refused})
    CHECK(contact_of(code) == contact::unreachable);
  CHECK(contact_of(net_errc::untrusted) == contact::untrusted);
  CHECK(contact_of(net_errc::timed_out) == contact::unanswered);
  CHECK(contact_of(net_errc::connection_lost) == contact::unanswered);
  CHECK(contact_of(net_errc::bad_response) == contact::answered);
  CHECK(contact_of(net_errc::file_unreadable) == contact::nothing);
  CHECK(contact_of(net_errc::stopped) == contact::nothing);
}
