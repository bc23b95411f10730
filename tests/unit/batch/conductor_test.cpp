#include "runner/batch/conductor.hpp"
#include "batchmill/models.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/batch/batch_run.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

batch_problem problem(std::string code, std::string message, std::optional<std::uint64_t> line) {
  batch_problem p;
  p.code = std::move(code);
  p.message = std::move(message);
  p.line = line;
  return p;
}

std::size_t most_executions(const fake_batch_server& server) {
  unsigned most = 0;
  for (const auto& [body, times] : server.executed) most = std::max(most, times);
  return most;
}

}  // namespace

TEST_CASE("rows go through batches and come back in the order of the input") {
  batch_run run(1000);
  run.spec.batch.max_requests = 300;
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::complete);
  REQUIRE(run.in_order() == 1000);
  REQUIRE(run.right_answers() == 1000);
  REQUIRE(run.server.batches.size() == 4);
  REQUIRE(run.server.total_executed() == 1000);
  REQUIRE(run.server.files.empty());
  REQUIRE_FALSE(run.online);
}

TEST_CASE("remote files stay when the spec says so") {
  batch_run run(10);
  run.spec.batch.keep_files = true;
  REQUIRE(run.process());
  REQUIRE(run.server.files.size() == 2);
}

TEST_CASE("parts have one model each") {
  batch_run run(0);
  std::string text;
  for (int i = 0; i < 90; ++i) {
    text += R"({"n":)" + std::to_string(i) + R"(,"model":"m)" + std::to_string(i % 3) + "\"}\n";
  }
  run.set_input(text);
  REQUIRE(run.process());
  REQUIRE(run.in_order() == 90);
  REQUIRE(run.server.batches.size() == 3);
}

TEST_CASE("equal rows of a batch are asked once") {
  batch_run run(0);
  run.set_input("{\"n\":0}\n{\"n\":0}\n{\"n\":2}\n{\"n\":0}\n");
  REQUIRE(run.process());
  REQUIRE(run.in_order() == 4);
  REQUIRE(run.server.total_executed() == 2);
  REQUIRE(run.summary.shared == 2);
}

TEST_CASE("rows that cannot be sent fail at once, the others go their way") {
  batch_run run(0);
  run.set_input("{\"n\":0}\nbad\n{\"n\":2}\n");
  REQUIRE(run.process());
  REQUIRE(run.in_order() == 3);
  REQUIRE(run.summary.end == run_end::some_failed);
  REQUIRE(run.server.batches.front().lines.size() == 2);
}

TEST_CASE("rows that failed with something that may pass go into another batch") {
  batch_run run(100);
  run.server.answer = [](const std::string& body, unsigned before) {
    const bool unlucky = body.ends_with("7}") && before < 2;
    return std::pair(unlucky ? 500 : 200, body);
  };
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::complete);
  REQUIRE(run.in_order() == 100);
  REQUIRE(run.server.batches.size() == 3);
  REQUIRE(run.server.batches.back().lines.size() == 10);
  REQUIRE(run.server.total_executed() == 120);
}

TEST_CASE("rows fail when their batches are used up, and at once when they cannot pass") {
  batch_run run(100);
  run.server.answer = [](const std::string& body, unsigned) {
    if (body.ends_with("7}")) return std::pair(500, body);
    return std::pair(body.ends_with("8}") ? 400 : 200, body);
  };
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::some_failed);
  REQUIRE(run.summary.rows_failed == 20);
  REQUIRE(run.in_order() == 100);
  REQUIRE(run.server.total_executed() == 120);
}

TEST_CASE("a batch whose rows all failed has no output file") {
  batch_run run(50);
  run.spec.stop.failures = 1;
  run.server.answer = [](const std::string& body, unsigned) { return std::pair(400, body); };
  REQUIRE(run.process());
  REQUIRE(run.summary.rows_failed == 50);
  REQUIRE(run.in_order() == 50);
}

TEST_CASE("what an expired batch finished is kept, the rest goes into another one") {
  batch_run run(90);
  run.server.expires = [&](const auto& e) { return e.what.id == "batch_1"; };
  run.server.done_when_expired = 30;
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::complete);
  REQUIRE(run.in_order() == 90);
  REQUIRE(most_executions(run.server) == 1);
  REQUIRE(run.server.batches.back().lines.size() == 60);
}

TEST_CASE("rows of an expired batch may be left to be asked online") {
  batch_run run(90);
  run.spec.batch.on_expired = expired_rows::online;
  run.server.expires = [](const auto&) { return true; };
  run.server.done_when_expired = 30;
  REQUIRE(run.process());
  REQUIRE(run.online);
  REQUIRE(run.server.batches.size() == 1);
  REQUIRE(run.in_order() == 30);
  REQUIRE(run.process());  // it remembers: nothing of them goes into a batch again
  REQUIRE(run.online);
  REQUIRE(run.server.batches.size() == 1);
}

TEST_CASE("a batch that was cancelled from outside is gone on with in another one") {
  struct outside final : run_observer {
    explicit outside(fake_batch_server& f) : server(f) {}
    void progressed(const run_status& s) override {
      if (done || s.elapsed < 30min) return;
      done = true;
      fake_batch_server::set(server.batches.front(), batch_status::cancelling);
    }
    fake_batch_server& server;
    bool done = false;
  };
  batch_run run(90);
  outside other(run.server);
  run.watcher = &other;
  run.server.takes = 2h;
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::complete);
  REQUIRE(run.in_order() == 90);
  REQUIRE(run.server.batches.size() == 2);
  REQUIRE(most_executions(run.server) == 1);
}

TEST_CASE("the lines that the server names fail, the others go on without them") {
  batch_run run(1000);
  run.server.check = [](const fake_batch_server::entry& e) {
    std::vector<batch_problem> problems;
    for (std::size_t i = 0; i < e.lines.size(); ++i) {
      if (e.lines[i].find("\"n\":371}") == std::string::npos) continue;
      problems.push_back(problem("invalid_json_line", "This line is not parseable", i + 1));
    }
    return problems;
  };
  REQUIRE(run.process());
  REQUIRE(run.in_order() == 1000);
  REQUIRE(run.summary.rows_failed == 1);
  REQUIRE(run.output()[371].find("invalid_json_line") != std::string::npos);
  REQUIRE(run.server.batches.size() == 2);
  REQUIRE(run.server.total_executed() == 999);
}

TEST_CASE("a line that the server does not name is found by halving") {
  batch_run run(1000);
  run.server.check = [](const fake_batch_server::entry& e) {
    std::vector<batch_problem> problems;
    for (const std::string& line : e.lines) {
      if (line.find("\"n\":371}") == std::string::npos) continue;
      problems.push_back(problem("strange", "Something is wrong", std::nullopt));
    }
    return problems;
  };
  REQUIRE(run.process());
  REQUIRE(run.in_order() == 1000);
  REQUIRE(run.summary.rows_failed == 1);
  REQUIRE(run.server.batches.size() <= 22);
  REQUIRE(run.server.total_executed() == 999);
}

TEST_CASE("a server that refuses every file stops the run") {
  batch_run run(1000);
  run.server.check = [](const fake_batch_server::entry&) {
    return std::vector<batch_problem>{problem("strange", "No", std::nullopt)};
  };
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::stopped);
  REQUIRE(run.server.batches.size() <= 80);
}

TEST_CASE("a model that is not there stops the run at once") {
  batch_run run(1000);
  run.server.check = [](const fake_batch_server::entry&) {
    return std::vector<batch_problem>{problem("model_not_found", "no such model", std::nullopt)};
  };
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::stopped);
  REQUIRE(run.server.batches.size() == 1);
}

TEST_CASE("the limit of enqueued tokens is learned, and batches wait for their turn") {
  batch_run run(800);
  run.spec.batch.max_requests = 100;  // 1,000 tokens each
  unsigned most = 0;
  run.server.check = [&](const fake_batch_server::entry& e) {
    std::size_t inside = 0;
    unsigned under_way = 0;
    for (const auto& other : run.server.batches) {
      if (is_final(other.what.status)) continue;
      inside += other.lines.size() * 10;
      ++under_way;
      if (&other == &e) break;
    }
    if (inside <= 2500) most = std::max(most, under_way);
    std::vector<batch_problem> problems;
    if (inside > 2500) {
      problems.push_back(problem("token_limit_exceeded",
                                 "Enqueued token limit reached for m in organization o. Limit: "
                                 "2,500 enqueued tokens. Please try again once some in_progress "
                                 "batches have been completed.",
                                 std::nullopt));
    }
    return problems;
  };
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::complete);
  REQUIRE(run.in_order() == 800);
  REQUIRE(run.server.total_executed() == 800);
  REQUIRE(most == 2);
}

TEST_CASE("a file over the whole limit of enqueued tokens is sent in pieces") {
  batch_run run(100);
  run.server.check = [&](const fake_batch_server::entry& e) {
    std::vector<batch_problem> problems;
    if (e.lines.size() > 30) {
      problems.push_back(problem("token_limit_exceeded",
                                 "Enqueued token limit reached. Limit: 300 "
                                 "enqueued tokens.",
                                 std::nullopt));
    }
    return problems;
  };
  REQUIRE(run.process());
  REQUIRE(run.in_order() == 100);
  REQUIRE(run.server.total_executed() == 100);
}

TEST_CASE("at the deadline batches are given up, and the rest is left to be asked online") {
  batch_run run(90);
  run.server.takes = 5h;
  run.terms.deadline = run.time.now() + 1h;
  REQUIRE(run.process());
  REQUIRE(run.online);
  REQUIRE(run.in_order() == 30);
  REQUIRE(run.server.batches.size() == 1);
  REQUIRE(run.process());
  REQUIRE(run.online);
  REQUIRE(run.server.batches.size() == 1);
}

TEST_CASE("what is given up for good stays open for another run") {
  batch_run run(90);
  run.server.takes = 5h;
  run.terms.detach = true;
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::under_way);
  run.terms.detach = false;
  run.terms.at_once = leaving::drop;
  REQUIRE(run.process());
  REQUIRE_FALSE(run.online);
  REQUIRE(run.in_order() == 30);
  run.terms.at_once = leaving::no;
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::complete);
  REQUIRE(run.in_order() == 90);
  REQUIRE(most_executions(run.server) == 1);
}

TEST_CASE("a run may leave its batches to themselves and collect them later") {
  batch_run run(1000);
  run.spec.batch.max_requests = 300;
  run.terms.detach = true;
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::under_way);
  REQUIRE(run.server.batches.size() == 4);
  REQUIRE(run.server.downloads == 0);
  run.terms.detach = false;
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::complete);
  REQUIRE(run.in_order() == 1000);
  REQUIRE(run.server.batches.size() == 4);
  REQUIRE(run.server.uploads == 4);
}

TEST_CASE("killed around any call to the server, a run goes on without asking anything twice") {
  const std::string point =
      GENERATE("upload.before", "upload.after", "create.before", "create.after", "download.before",
               "download.after", "delete.before", "delete.after");
  const std::string hit = GENERATE(":1", ":2");
  CAPTURE(point, hit);
  batch_run run(600);
  run.spec.batch.max_requests = 200;
  run.server.die_at = point + hit;
  REQUIRE_FALSE(run.process());
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::complete);
  REQUIRE(run.in_order() == 600);
  REQUIRE(run.right_answers() == 600);
  REQUIRE(run.server.total_executed() == 600);
  REQUIRE(run.server.batches.size() == 3);
  REQUIRE(run.server.uploads == 3);
  REQUIRE(run.server.files.empty());
}

TEST_CASE("killed around a cancellation, a run gives up what it gave up") {
  const std::string point = GENERATE("cancel.before:1", "cancel.after:1");
  batch_run run(90);
  run.server.takes = 5h;
  run.server.die_at = point;
  run.terms.deadline = run.time.now() + 1h;
  REQUIRE_FALSE(run.process());
  run.terms.deadline.reset();
  REQUIRE(run.process());
  REQUIRE(run.online);
  REQUIRE(run.in_order() == 30);
  REQUIRE(run.server.batches.size() == 1);
}

TEST_CASE("many parts may be mended at the same time") {
  batch_run run(800);
  run.spec.batch.max_requests = 100;
  run.server.check = [](const fake_batch_server::entry& e) {
    std::vector<batch_problem> problems;
    for (std::size_t i = 0; i < e.lines.size(); ++i) {
      if (e.lines[i].find("50}") == std::string::npos) continue;
      problems.push_back(problem("invalid_json_line", "This line is not parseable", i + 1));
    }
    return problems;
  };
  REQUIRE(run.process());
  REQUIRE(run.in_order() == 800);
  REQUIRE(run.summary.rows_failed == 8);
}

TEST_CASE("answers that the server cannot find are not paid again") {
  batch_run run(20);
  run.server.lose_outputs = true;
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::stopped);
  REQUIRE(run.server.batches.size() == 1);
  run.server.lose_outputs = false;  // it was a passing trouble
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::complete);
  REQUIRE(run.in_order() == 20);
  REQUIRE(most_executions(run.server) == 1);
}

TEST_CASE("a few lines that are not named do not stop the run") {
  batch_run run(2048);
  run.server.check = [](const fake_batch_server::entry& e) {
    std::vector<batch_problem> problems;
    for (const std::string& line : e.lines) {
      for (const char* bad : {"\"n\":3}", "\"n\":600}", "\"n\":1200}", "\"n\":2000}"}) {
        if (line.find(bad) != std::string::npos) {
          problems.push_back(problem("strange", "Something is wrong", std::nullopt));
        }
      }
    }
    return problems;
  };
  REQUIRE(run.process());
  REQUIRE(run.in_order() == 2048);
  REQUIRE(run.summary.rows_failed == 4);
}

TEST_CASE("a refusal that names lines which are not there does not go on for ever") {
  batch_run run(64);
  run.server.check = [](const fake_batch_server::entry&) {
    return std::vector<batch_problem>{problem("strange", "Something is wrong", 1'000'000)};
  };
  REQUIRE(run.process());
  REQUIRE(run.server.batches.size() < 150);
  REQUIRE(run.server.total_executed() == 0);
}

TEST_CASE("a file too large for a queue whose limit is not named is sent in pieces") {
  batch_run run(100);
  run.server.check = [](const fake_batch_server::entry& e) {
    std::vector<batch_problem> problems;
    if (e.lines.size() > 30) {
      problems.push_back(problem("token_limit_exceeded", "Enqueued token limit reached", {}));
    }
    return problems;
  };
  REQUIRE(run.process());
  REQUIRE(run.in_order() == 100);
  REQUIRE(run.server.total_executed() == 100);
}

TEST_CASE("a detached run collects what has ended since") {
  batch_run run(100);
  run.terms.detach = true;
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::under_way);
  run.server.takes = 0s;
  for (auto& e : run.server.batches) e.ends = run.time.now();
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::complete);
  REQUIRE(run.in_order() == 100);
}

TEST_CASE("a run that the server refuses as a whole leaves nothing under way") {
  batch_run run(100);
  run.server.check = [](const fake_batch_server::entry&) {
    return std::vector<batch_problem>{problem("model_not_found", "no such model", 1)};
  };
  REQUIRE(run.process());
  REQUIRE(run.summary.end == run_end::stopped);
  for (const batch_part& p : run.left) REQUIRE(p.state == part_state::uploaded);
  run.terms.at_once = leaving::drop;
  REQUIRE(run.process());
  REQUIRE(run.summary.given_up);
  for (const batch_part& p : run.left) REQUIRE(p.state == part_state::clean);
}

TEST_CASE("stopped by hand, a run says what becomes of its batches") {
  struct impatient final : run_observer {
    void progressed(const run_status& s) override {
      if (s.elapsed < 1min || engine == nullptr) return;
      advice = engine->after_drain();
      std::exchange(engine, nullptr)->drain("Ctrl-C");
    }
    void notice(severity, std::string_view sentence) override { told += sentence; }
    conductor* engine = nullptr;
    std::string advice;
    std::string told;
  };
  batch_run run(20);
  impatient user;
  run.watcher = &user;
  run.at_begin = [&](conductor& engine) { user.engine = &engine; };
  REQUIRE(run.process());
  CHECK(run.summary.end == run_end::interrupted);
  CHECK(user.advice.find("batchmill cancel") != std::string::npos);
  CHECK(user.told.find("1 batch goes on at the server") != std::string::npos);
}

TEST_CASE("a row that changed while its batch is under way is not taken for the same") {
  batch_run run(20);
  run.terms.detach = true;
  REQUIRE(run.process());
  std::string text;
  for (int i = 0; i < 20; ++i) text += R"({"n":)" + std::to_string(i == 7 ? 8 : i) + "}\n";
  run.set_input(text);
  run.terms.detach = false;
  REQUIRE_THROWS_WITH(run.process(), ContainsSubstring("in.jsonl:8: this row changed"));
}
