// Creations whose answers are lost: what the server made may come to light late.
#include "batchmill/models.hpp"
#include "runner/batch/batch_tags.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/batch/batch_run.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

struct listener final : run_observer {
  void notice(severity, std::string_view sentence) override { told.emplace_back(sentence); }

  std::size_t times(const std::string& part) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        told, [&](const std::string& s) { return s.find(part) != std::string::npos; }));
  }

  std::vector<std::string> told;
};

std::uint64_t lost_requests(const run_summary& summary) {
  std::uint64_t sum = 0;
  for (const model_cost& m : summary.models) sum += m.lost;
  return sum;
}

}  // namespace

TEST_CASE("a batch that is listed minutes after its answer was lost is not created again") {
  batch_run run(20);
  listener ears;
  run.watcher = &ears;
  run.server.appear_late = 4min;
  REQUIRE(run.process());
  CHECK(run.in_order() == 20);
  CHECK(run.server.batches.size() == 1);
  CHECK(run.server.total_executed() == 20);
  CHECK(ears.times("Gateway Timeout; it is looked for in the server's list") == 1);
}

TEST_CASE("other batches are created while one is looked for") {
  batch_run run(60);
  run.spec.batch.max_requests = 20;
  run.server.appear_late = 4min;
  run.terms.detach = true;
  REQUIRE(run.process());
  REQUIRE(run.server.batches.size() == 3);
  CHECK(run.server.batches[2].ends < run.server.batches[0].listed + run.server.takes);
  CHECK(run.summary.end == run_end::under_way);
}

TEST_CASE("of two batches for the same rows one is cancelled, and no row is merged twice") {
  batch_run run(30);
  listener ears;
  run.watcher = &ears;
  run.server.appear_late = 7min;
  REQUIRE(run.process());
  CHECK(run.summary.end == run_end::complete);
  CHECK(run.in_order() == 30);
  REQUIRE(run.server.batches.size() == 2);
  CHECK(run.server.batches[0].what.status == batch_status::cancelled);
  CHECK(run.server.batches[1].what.status == batch_status::completed);
  CHECK(run.server.total_executed() == 40);
  CHECK(lost_requests(run.summary) == 10);
  CHECK(ears.times("batch batch_1 came to light late and has the same requests as batch batch_2") ==
        1);
  CHECK(ears.times("batch batch_1 ended with 10 requests done") == 1);
  CHECK(run.server.files.empty());
}

TEST_CASE("what a second batch may cost counts against the budget") {
  batch_run run(0);
  run.set_priced_input(30);
  run.server.answer = stating(10, 1);
  run.spec.limits.budget = money::dollars(10);
  run.server.appear_late = 7min;
  REQUIRE(run.process());
  CHECK(run.summary.end == run_end::complete);
  REQUIRE(run.summary.models.size() == 1);
  CHECK(run.summary.models.front().lost == 10);
  // A third of what all of them can cost: 16,384 tokens of output each, at half the price.
  CHECK(run.summary.cost.at_risk.in_dollars() > 10 * 16'384 * 0.299e-6);
  CHECK(run.summary.cost.at_risk.in_dollars() < 11 * 16'384 * 0.3e-6);
  CHECK(run.summary.cost.in_flight.pico() == 0);
}

TEST_CASE("a second batch is noticed in the list of all batches, without any doubt before") {
  struct copied_ledger final : run_observer {
    explicit copied_ledger(fake_batch_server& s) : server(s) {}
    void progressed(const run_status& s) override {
      if (s.elapsed < 1min || server.batches.size() != 2) return;
      fake_batch_server::entry again = server.batches.front();
      again.what.id = "batch_again";
      server.batches.push_back(again);
    }
    void notice(severity, std::string_view sentence) override { told += sentence; }
    fake_batch_server& server;
    std::string told;
  };
  batch_run run(60);
  copied_ledger other(run.server);
  run.watcher = &other;
  run.terms.run_id = "r";
  run.spec.batch.max_requests = 30;
  REQUIRE(run.process());
  CHECK(run.summary.end == run_end::complete);
  CHECK(run.in_order() == 60);
  REQUIRE(run.server.batches.size() == 3);
  CHECK(run.server.batches[2].what.status == batch_status::cancelled);
  CHECK(other.told.find("batch batch_again came to light late and has the same requests as batch "
                        "batch_1") != std::string::npos);
}

TEST_CASE("a batch that comes to light after its second has ended is accounted for as well") {
  batch_run run(60);
  run.spec.batch.max_requests = 30;
  run.server.takes = 3min;
  run.server.appear_late = 9min;
  run.server.answer = [](const std::string& body, unsigned before) {
    const bool again = body == R"({"n":59})" && before == 0;
    return std::pair(again ? 500 : 200, body);
  };
  run.server.check = [&](const fake_batch_server::entry& e) {
    std::vector<batch_problem> none;
    if (e.lines.size() == 1) run.server.batches.back().ends += 20min;  // the run goes on
    return none;
  };
  REQUIRE(run.process());
  CHECK(run.summary.end == run_end::complete);
  CHECK(run.in_order() == 60);
  CHECK(run.server.batches.size() == 4);
  CHECK(run.server.total_executed() == 91);
  CHECK(lost_requests(run.summary) == 30);
}

TEST_CASE("another process still looks for the batch that was given up") {
  batch_run run(30);
  listener ears;
  run.watcher = &ears;
  run.server.takes = 1h;
  run.server.appear_late = 7min;
  run.terms.detach = true;
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::under_way);
  REQUIRE(run.server.batches.size() == 2);
  REQUIRE(ears.times("came to light") == 0);
  run.terms.detach = false;
  REQUIRE(run.process());
  CHECK(run.summary.end == run_end::complete);
  CHECK(run.in_order() == 30);
  CHECK(run.server.batches[0].what.status == batch_status::cancelled);
  CHECK(ears.times("came to light") == 1);
  CHECK(lost_requests(run.summary) == 10);
}

TEST_CASE("a process that was killed while it cancelled the second batch says nothing twice") {
  batch_run run(30);
  listener ears;
  run.watcher = &ears;
  run.server.takes = 1h;
  run.server.appear_late = 7min;
  run.server.die_at = "cancel.after:1";
  REQUIRE_FALSE(run.process());
  REQUIRE(run.process());
  CHECK(run.in_order() == 30);
  CHECK(ears.times("came to light") == 1);
  CHECK(lost_requests(run.summary) == 10);
}

TEST_CASE("a part that waits for the queue goes on with the batch that comes to light") {
  batch_run run(30);
  run.server.appear_late = 6min;
  run.server.takes = 30min;
  run.server.check = [](const fake_batch_server::entry& e) {
    std::vector<batch_problem> problems;
    if (e.what.id == "batch_1") return problems;
    problems.emplace_back();
    problems.back().code = "token_limit_exceeded";
    problems.back().message = "Enqueued token limit reached";
    return problems;
  };
  REQUIRE(run.process());
  CHECK(run.summary.end == run_end::complete);
  CHECK(run.in_order() == 30);
  CHECK(run.server.total_executed() == 30);
}

TEST_CASE("a part whose batch is refused does not go on with one that was given up") {
  struct full_queue final : run_observer {
    explicit full_queue(fake_batch_server& s) : server(s) {}
    void progressed(const run_status&) override {
      if (server.batches.size() != 2) return;
      if (server.batches[0].what.status != batch_status::cancelled) return;
      fake_batch_server::entry& second = server.batches[1];
      if (second.what.status != batch_status::in_progress) return;
      fake_batch_server::set(second, batch_status::failed);
      second.what.problems.emplace_back();
      second.what.problems.back().code = "token_limit_exceeded";
      second.what.problems.back().message = "Enqueued token limit reached";
    }
    fake_batch_server& server;
  };
  batch_run run(30);
  full_queue late(run.server);
  run.watcher = &late;
  run.server.appear_late = 7min;
  run.server.takes = 30min;
  REQUIRE(run.process());
  CHECK(run.summary.end == run_end::complete);
  CHECK(run.in_order() == 30);
  REQUIRE(run.server.batches.size() == 3);
  CHECK(run.server.batches[2].what.status == batch_status::completed);
  CHECK(run.server.total_executed() == 40);
  CHECK(lost_requests(run.summary) == 10);
}

TEST_CASE("a second batch that was only written off is cancelled by the next process") {
  batch_run run(30);
  run.server.takes = 1h;
  run.server.appear_late = 7min;
  run.terms.detach = true;
  REQUIRE(run.process());
  REQUIRE(run.server.batches.size() == 2);
  part_book(part_paths(run.paths.folder).book()).set_fact("duplicate batch_1", "settled");
  run.terms.detach = false;
  REQUIRE(run.process());
  CHECK(run.in_order() == 30);
  CHECK(run.server.batches[0].what.status >= batch_status::cancelling);
  CHECK(run.server.batches[1].what.status == batch_status::completed);
  CHECK(lost_requests(run.summary) == 0);
}

TEST_CASE("a run that is stopped while it looks for a batch says so, and the next one finds it") {
  struct impatient final : run_observer {
    void progressed(const run_status& s) override {
      if (s.elapsed > 1min && engine != nullptr) std::exchange(engine, nullptr)->drain("Ctrl-C");
    }
    void notice(severity, std::string_view sentence) override { told += sentence; }
    conductor* engine = nullptr;
    std::string told;
  };
  batch_run run(20);
  impatient user;
  run.watcher = &user;
  run.at_begin = [&](conductor& engine) { user.engine = &engine; };
  run.server.appear_late = 3min;
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::interrupted);
  CHECK(user.told.find("whether 1 more batch was created is not known") != std::string::npos);
  run.at_begin = nullptr;
  REQUIRE(run.process());
  CHECK(run.in_order() == 20);
  CHECK(run.server.batches.size() == 1);
}

TEST_CASE("the batch that has come the furthest is adopted") {
  batch_part part;
  part.number = 3;
  part.creation = 2;
  part.state = part_state::creating;
  const auto made = [](const char* id, const char* number, const char* creation,
                       batch_status status) {
    remote_batch b;
    b.id = id;
    b.status = status;
    b.metadata = {{"batchmill_part", number}, {"batchmill_try", creation}};
    return b;
  };
  std::vector<remote_batch> found = {made("other", "4", "2", batch_status::completed),
                                     made("refused", "3", "1", batch_status::failed)};
  CHECK(batch_to_adopt(found, part) == nullptr);
  found.push_back(made("new", "3", "2", batch_status::validating));
  CHECK(batch_to_adopt(found, part)->id == "new");
  found.push_back(made("old", "3", "1", batch_status::in_progress));
  CHECK(batch_to_adopt(found, part)->id == "old");
  found.erase(found.begin() + 2, found.end());
  found.push_back(made("refused now", "3", "2", batch_status::failed));
  CHECK(batch_to_adopt(found, part)->id == "refused now");
}

TEST_CASE("a file that was uploaded twice is deleted twice") {
  batch_run run(20);
  run.server.lose_upload = true;
  REQUIRE(run.process());
  CHECK(run.in_order() == 20);
  CHECK(run.server.uploads == 2);
  CHECK(run.server.files.empty());
}
