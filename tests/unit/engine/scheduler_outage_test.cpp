// A server that goes away and comes back, and the rows that wait for it.
#include <boost/asio/co_spawn.hpp>

#include "tests/support/catch.hpp"
#include "tests/unit/engine/scheduler_fixture.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

/// Keeps what the user is told.
struct listener final : run_observer {
  void notice(severity, std::string_view sentence) override {
    said.append(sentence).append("\n");
    ++notices;
  }
  void progressed(const run_status& s) override {
    waited = waited || s.held_by == bottleneck::outage;
  }

  std::string said;
  int notices = 0;
  bool waited = false;
};

/// The server is away from `gone` to `back`, counted from the run's begin.
class outage_fixture : public scheduler_fixture {
 public:
  explicit outage_fixture(unsigned rows) : scheduler_fixture(rows) {
    spec.retry.attempts = 1;
    spec.limits.concurrency = 10;
  }

  bool is_away() const { return time.now() >= begun + gone && time.now() < begun + back; }

  void run_against(net_errc failure) {
    const auto refused = transport_error(failure, "connection refused");
    run(
        [this, refused](auto&, unsigned) -> attempt_result {
          if (is_away()) return refused;
          return ok();
        },
        quick);
  }

  time_point begun = time.now();
  duration gone = 100ms;
  duration back = 3min;
  listener told;
};

}  // namespace

TEST_CASE("rows keep their attempts while the server cannot be reached") {
  outage_fixture f(1000);
  f.listen_with(f.told);
  f.way = [&]() -> std::optional<transport_error> {
    if (f.is_away()) return transport_error(net_errc::connect_failed, "still refused");
    return std::nullopt;
  };
  f.run_against(net_errc::connect_failed);
  CHECK(f.summary.end == run_end::complete);
  CHECK(f.rows_in_order() == 1000);
  CHECK(f.wire->attempts <= 1000 + 10);
  CHECK(f.wire->times_reached < 25);
  CHECK(f.told.waited);
  CHECK(f.told.notices == 2);
  CHECK_THAT(f.told.said, ContainsSubstring("the server cannot be reached: connection refused"));
  CHECK_THAT(f.told.said, ContainsSubstring("the server is back after 3m"));
}

TEST_CASE("a server that stays away ends the run, and no row is to blame") {
  outage_fixture f(1000);
  f.spec.retry.outage = 2min;
  f.way = [] { return transport_error(net_errc::connect_failed, "still refused"); };
  f.back = 100h;
  f.run_against(net_errc::connect_failed);
  CHECK(f.summary.end == run_end::stopped);
  CHECK(f.summary.rows_failed == 0);
  CHECK_THAT(f.summary.stop_reason, ContainsSubstring("the server has not answered for 2m") &&
                                        ContainsSubstring("still refused"));
  CHECK(f.rows_in_order() == f.output_lines().size());
}

TEST_CASE("a certificate that is not accepted ends the run before a row is sent twice") {
  outage_fixture f(1000);
  f.gone = 0s;
  f.run_against(net_errc::untrusted);
  CHECK(f.summary.end == run_end::stopped);
  CHECK(f.summary.stop_reason == "connection refused");
  CHECK(f.wire->attempts <= 10);
}

TEST_CASE("a server that accepts and answers nothing wears out no row") {
  outage_fixture f(3000);
  f.spec.retry.attempts = 6;
  f.spec.stop.failures = 1;
  f.listen_with(f.told);
  f.run_against(net_errc::connection_lost);
  CHECK(f.summary.end != run_end::stopped);
  CHECK(f.rows_in_order() == 3000);
  CHECK(f.summary.rows_failed == 0);
  CHECK(f.wire->attempts < 3000 + 60);
  CHECK(f.told.waited);
  CHECK_THAT(f.told.said, ContainsSubstring("the server answers nothing any more"));
}

TEST_CASE("a run can be stopped while the server is away") {
  outage_fixture f(1000);
  f.way = [&] {
    f.engine->drain("interrupted");
    return transport_error(net_errc::connect_failed, "still refused");
  };
  f.run_against(net_errc::connect_failed);
  CHECK(f.summary.end == run_end::interrupted);
  CHECK(f.time.now() - f.begun < 1s);
}

TEST_CASE("at a gate that is held so many enter as have places, then all") {
  boost::asio::io_context io(1);
  fake_clock time(io.get_executor());
  task_group helpers(io.get_executor(), [] {});
  admission gate(io.get_executor(), time, helpers, limits_spec(), 60s);
  lane& l = gate.lane_of("m", "/v1/x");
  gate.hold(1);
  int entered = 0;
  departure sent[3];
  for (int row = 0; row < 3; ++row) {
    boost::asio::co_spawn(io.get_executor(), gate.enter(l, row, token_estimate(), sent[row]),
                          [&](const std::exception_ptr&, bool) { ++entered; });
  }
  io.poll();
  CHECK(entered == 1);
  CHECK(gate.held_by() == bottleneck::outage);
  gate.release();
  io.poll();
  CHECK(entered == 3);
  CHECK(io.stopped());
}
