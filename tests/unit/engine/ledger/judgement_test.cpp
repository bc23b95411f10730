#include "runner/engine/ledger/judgement.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;

namespace {

earlier_run unfinished() {
  return {};
}

earlier_run finished() {
  earlier_run run;
  run.input.all_finished = true;
  return run;
}

earlier_run changed() {
  earlier_run run;
  run.input.differing = 1;
  return run;
}

opening_wishes wish(bool opening_wishes::*which) {
  opening_wishes wishes;
  wishes.*which = true;
  return wishes;
}

const opening_wishes none;
const opening_wishes reuse = wish(&opening_wishes::reuse);
const opening_wishes retry_failed = wish(&opening_wishes::retry_failed);
const opening_wishes replace = wish(&opening_wishes::replace);

}  // namespace

TEST_CASE("what is unchanged is gone on with, or complete") {
  REQUIRE(judge(unfinished(), none) == verdict::go_on);
  REQUIRE(judge(unfinished(), reuse) == verdict::go_on);
  REQUIRE(judge(finished(), none) == verdict::complete);
  REQUIRE(judge(finished(), reuse) == verdict::complete);
  earlier_run in_the_log = finished();
  in_the_log.any_ahead = true;
  REQUIRE(judge(in_the_log, none) == verdict::go_on);
}

TEST_CASE("failed rows are asked again only where there are any") {
  REQUIRE(judge(finished(), retry_failed) == verdict::complete);
  REQUIRE(judge(unfinished(), retry_failed) == verdict::go_on);
  earlier_run failures = finished();
  failures.any_failed = true;
  REQUIRE(judge(failures, retry_failed) == verdict::renew);
  REQUIRE(judge(failures, none) == verdict::complete);
}

TEST_CASE("a change needs the user's word") {
  REQUIRE(judge(changed(), none) == verdict::choice_needed);
  REQUIRE(judge(changed(), retry_failed) == verdict::choice_needed);
  REQUIRE(judge(changed(), reuse) == verdict::renew);
}

TEST_CASE("rows added at the end let the output be continued") {
  earlier_run grown = unfinished();
  grown.inputs_differ = true;
  REQUIRE(judge(grown, none) == verdict::choice_needed);
  REQUIRE(judge(grown, reuse) == verdict::go_on);
}

TEST_CASE("results of another format are never gone on with") {
  earlier_run other = GENERATE(unfinished(), finished(), changed());
  other.format_differs = true;
  REQUIRE(judge(other, none) == verdict::choice_needed);
  REQUIRE(judge(other, reuse) == verdict::wrong_format);
  REQUIRE(judge(other, replace) == verdict::start_over);
}

TEST_CASE("a rehearsal is replaced rather than asked about") {
  REQUIRE(judge(changed(), replace) == verdict::start_over);
  REQUIRE(judge(finished(), replace) == verdict::start_over);
  REQUIRE(judge(unfinished(), replace) == verdict::go_on);
}
