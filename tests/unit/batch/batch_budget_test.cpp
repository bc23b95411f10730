// A budget that is spent through the Batch API.
#include <algorithm>

#include "tests/support/catch.hpp"
#include "tests/unit/batch/batch_run.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

// Of gpt-4o-mini in batches.
constexpr double input_price = 0.075e-6;
constexpr double output_price = 0.3e-6;

/// Eight batches of 20 rows, with prompts of 10 tokens by our count and 100 at most, and an output
/// of one.
struct eight_batches : batch_run {
  eight_batches() : batch_run(0) {
    set_priced_input(160);
    spec.batch.max_requests = 20;
    spec.limits.budget = money::dollars(budget);
    job.exact = true;
    job.most_prompt = 100;
    job.most_output = 1;
  }

  double bill(int prompt) const {
    return static_cast<double>(server.total_executed()) * (prompt * input_price + output_price);
  }

  static constexpr double budget = 0.0002;  // room for 25 rows of 100 tokens, or for 190 of 10
};

}  // namespace

TEST_CASE("a budget cuts batches into a few pieces, but not into ever smaller ones") {
  batch_run run(0);
  run.set_priced_input(100);
  run.server.answer = stating(10, 10);
  SECTION("an eighth of them fits") {
    run.spec.limits.budget = money::dollars(0.1);
    run.server.takes = 5s;
    REQUIRE(run.process());
    CHECK(run.summary.end == run_end::complete);
    CHECK(run.in_order() == 100);
    CHECK(run.server.batches.size() == 8);
  }
  SECTION("only two of them fit") {
    run.spec.limits.budget = money::dollars(0.01);
    REQUIRE(run.process());
    CHECK(run.summary.end == run_end::stopped);
    CHECK(run.server.batches.empty());
    CHECK(run.summary.stop_reason.find("accept smaller batches (batch.max_requests)") !=
          std::string::npos);
  }
}

TEST_CASE("prompts of batches are set aside as counted once answers bear that out") {
  eight_batches run;
  run.server.answer = stating(10, 1);
  REQUIRE(run.process());
  CHECK(run.summary.end == run_end::complete);
  CHECK(run.in_order() == 160);
  CHECK(run.server.batches.size() == 8);
}

TEST_CASE("a server that counts more than we do does not pass the budget through batches either") {
  eight_batches run;
  const int stated = GENERATE(11, 40, 100);
  CAPTURE(stated);
  run.server.answer = stating(stated, 1);
  REQUIRE(run.process());
  CHECK(run.bill(stated) <= run.budget);
  CHECK(run.bill(stated) > run.budget / 3);
  CHECK(run.summary.cost.spent.in_dollars() == Approx(run.bill(stated)));
}

TEST_CASE("answers of batches that state no usage count at their most") {
  eight_batches run;
  run.server.answer = [](const std::string&, unsigned) { return std::pair(200, "{}"); };
  REQUIRE(run.process());
  CHECK(run.summary.end == run_end::stopped);
  CHECK(run.server.total_executed() >= 20);
  CHECK(run.bill(100) <= run.budget);
  CHECK(run.summary.cost.at_risk.in_dollars() == Approx(run.bill(100)));
}

TEST_CASE("what is under way is set aside at its most when the server turns out to count more") {
  struct witness final : run_observer {
    void progressed(const run_status& s) override {
      server->takes = 10min * static_cast<int>(server->batches.size());
      most = std::max(most, s.cost.in_flight.in_dollars());
    }
    fake_batch_server* server = nullptr;
    double most = 0;
  };
  eight_batches run;
  witness eyes;
  eyes.server = &run.server;
  run.watcher = &eyes;
  run.server.answer = [&](const std::string& body, unsigned before) {
    return stating(run.server.total_executed() > 21 ? 40 : 10, 1)(body, before);
  };
  REQUIRE(run.process());
  const double all_counted = 140 * (10 * input_price + output_price);
  CHECK(eyes.most > all_counted * 2);
}
