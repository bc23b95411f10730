// What a status says in words: totals, percent and the time that is left.
#include "runner/progress/status_text.hpp"

#include <cmath>
#include <limits>

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

run_status half_way() {
  run_status s;
  s.rows_total = 1000;
  s.total_exact = true;
  s.rows_ok = 490;
  s.rows_failed = 10;
  s.rows_per_second = 50;
  s.elapsed = 10s;
  return s;
}

}  // namespace

TEST_CASE("a total that is estimated says so") {
  auto s = half_way();
  CHECK(done_of_total(s) == "  500/1,000");
  s.total_exact = false;
  CHECK(done_of_total(s) == "  500/~1,000");
  s.rows_total = 0;
  CHECK(done_of_total(s) == "500");
}

TEST_CASE("an estimate that was too small grows with the rows") {
  auto s = half_way();
  s.total_exact = false;
  s.rows_total = 400;
  CHECK(done_of_total(s) == "500/~500");
  CHECK(percent(s) == " 99%");
  CHECK(eta(s) == "--");
}

TEST_CASE("100% is said when the last row is done, not before") {
  auto s = half_way();
  CHECK(percent(s) == " 50%");
  s.rows_total = 100'000;
  s.rows_ok = 99'989;
  CHECK(percent(s) == " 99%");
  s.rows_ok = 99'990;
  CHECK(percent(s) == "100%");
  CHECK(share_done(s) == 1.0);
}

TEST_CASE("an empty input divides nothing by nothing") {
  run_status s;
  s.total_exact = true;
  CHECK(percent(s) == "  0%");
  CHECK(share_done(s) == 0);
  CHECK(eta(s) == "--");
}

TEST_CASE("the time left goes by the last seconds and the whole run alike") {
  auto s = half_way();
  CHECK(time_left(s) == duration(10s));  // 500 rows at 50/s, as before
  s.rows_per_second = 200;               // faster lately: (50 + 200) / 2
  CHECK(time_left(s) == duration(4s));
  s.rows_per_second = 0;  // paused: half of the rate so far
  CHECK(time_left(s) == duration(20s));
  s.rows_per_second = std::nan("");
  CHECK(time_left(s) == duration(20s));
}

TEST_CASE("the time left is unknown until something is known") {
  auto s = half_way();
  SECTION("too early") {
    s.elapsed = 1900ms;
  }
  SECTION("no row answered") {
    s.rows_ok = s.rows_failed = 0;
  }
  SECTION("no total") {
    s.rows_total = 0;
  }
  SECTION("stopping: the rest will not be done") {
    s.stopping = true;
  }
  SECTION("longer than anyone waits") {
    s.rows_total = 1'000'000'000'000'000;
  }
  CHECK(!time_left(s));
  CHECK(eta(s) == "--");
}

TEST_CASE("nothing is left of a run that is done") {
  auto s = half_way();
  s.rows_ok = 990;
  CHECK(time_left(s) == duration::zero());
  CHECK(eta(s) == "0s");
}

TEST_CASE("every bottleneck has words") {
  for (int i = 0; i <= static_cast<int>(bottleneck::input); ++i)
    CHECK(words_for(static_cast<bottleneck>(i)) != "unknown");
  CHECK(words_for(bottleneck::tokens) == "token limit");
}

TEST_CASE("a limit is named with its height, and with its model where there are several") {
  run_status s;
  s.held_by = bottleneck::requests;
  CHECK(cause_of(s) == "request limit");
  s.held_limit_per_minute = 29999.9;
  CHECK(cause_of(s) == "request limit (30,000/min)");
  s.held_model = "gpt-4o-mini";
  CHECK(cause_of(s) == "request limit (30,000/min) of gpt-4o-mini");
  s.held_limit_per_minute = std::numeric_limits<double>::infinity();
  CHECK(cause_of(s) == "request limit of gpt-4o-mini");
}
