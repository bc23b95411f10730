#include <boost/asio/co_spawn.hpp>
#include <filesystem>
#include <memory>
#include <sstream>

#include "batchmill/json_text.hpp"
#include "runner/engine/scheduler.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/packing_job.hpp"
#include "tests/fakes/scripted_transport.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

attempt_result answered(int status) {
  return http_response(status, "", "{}");
}

bool holds(const http_request& request, const std::string& text) {
  return request.body.find('"' + text + '"') != std::string::npos;
}

/// A whole run over rows "row 0", "row 1", ... in fake time.
class fixture {
 public:
  explicit fixture(unsigned rows) {
    std::string text;
    for (unsigned i = 0; i < rows; ++i) text += "row " + std::to_string(i) + "\n";
    input(text);
    spec.limits.concurrency = 50;
  }

  void input(const std::string& text) { spec.input.paths = {folder.write("in.jsonl", text)}; }

  void run(scripted_transport::script answers) {
    wire = std::make_unique<scripted_transport>(time, std::move(answers),
                                                [](auto&, unsigned) -> duration { return 10ms; });
    rows.emplace(spec, 0);
    std::filesystem::create_directory(paths.folder);
    found = recover(paths, output_format::batch);
    files.emplace(paths, found, limits.segment);
    writer.emplace(io.get_executor(), *worker, *files, found, limits);
    engine.emplace(io.get_executor(),
                   scheduler_parts{spec, job, *rows, *writer, *wire, time, observer, found.counts,
                                   nullptr, nullptr},
                   7);
    run_in_fake_time(io, time, engine->run());
    summary = engine->summary();
  }

  /// The members `body` of the answers (null for none), checked to be those of rows 0, 1, ...
  std::vector<std::string> bodies() {
    std::vector<std::string> all;
    std::istringstream in(folder.read("out.jsonl"));
    for (std::string line; std::getline(in, line);) {
      REQUIRE(json::member(line, "custom_id") == '"' + std::to_string(all.size()) + '"');
      const auto response = json::member(line, "response");
      all.emplace_back(json::member(*response, "body").value_or("null"));
    }
    return all;
  }

  job_spec spec;
  ledger_limits limits;
  temporary_folder folder;
  boost::asio::io_context io{1};
  fake_clock time{io.get_executor()};
  packing_job job;
  run_observer observer;
  std::unique_ptr<scripted_transport> wire;
  std::optional<row_source> rows;
  ledger_paths paths{folder.path("out.jsonl"), folder.path("failed.jsonl")};
  std::unique_ptr<disk> worker = make_inline_disk(io.get_executor());
  recovered found;
  std::optional<journal> files;
  std::optional<ledger> writer;
  std::optional<scheduler> engine;
  run_summary summary;
};

}  // namespace

TEST_CASE("rows share requests, and each gets its own part of the answer, in order") {
  fixture f(1050);
  f.run([](auto&, unsigned) { return answered(200); });
  CHECK(f.wire->attempts == 11);
  CHECK(f.summary.attempts == 11);
  CHECK(f.summary.rows_ok == 1050);
  CHECK(f.summary.packed == 1050);
  CHECK(f.summary.tokens.total == 1050);
  const auto bodies = f.bodies();
  REQUIRE(bodies.size() == 1050);
  for (std::size_t i = 0; i < bodies.size(); ++i) CHECK(bodies[i] == std::to_string(i % 100));
}

TEST_CASE("a refused pack is halved until the guilty row alone fails") {
  fixture f(100);
  f.run([](const http_request& r, unsigned) { return answered(holds(r, "row 37") ? 400 : 200); });
  CHECK(f.summary.rows_ok == 99);
  CHECK(f.summary.failures.at("400 code_400") == 1);
  CHECK(f.folder.read("failed.jsonl") == "row 37\n");
  // 100, 50+50, 25+25, 13+12, 7+6 (or 6+6), ...: two for each halving.
  CHECK(f.summary.bisected == f.summary.attempts - 1);
  CHECK(f.summary.attempts <= 1 + 2 * 7);
  CHECK(f.bodies().size() == 100);
}

TEST_CASE("rows that are all bad fail each by itself") {
  fixture f(8);
  f.spec.stop.failures = 1;
  f.run([](auto&, unsigned) { return answered(400); });
  CHECK(f.summary.rows_failed == 8);
  CHECK(f.wire->attempts == 15);
}

TEST_CASE("a refusal that does not depend on the rows is not looked into") {
  fixture f(100);
  f.run([](auto&, unsigned) { return answered(404); });
  CHECK(f.summary.rows_failed == 100);
  CHECK(f.wire->attempts == 1);
  CHECK(f.summary.bisected == 0);
}

TEST_CASE("an answer that is too large is asked for in parts") {
  fixture f(100);
  f.run([](const http_request& r, unsigned) -> attempt_result {
    if (r.body.size() < 600) return answered(200);
    return transport_error(net_errc::response_too_large, "larger than 64 MiB");
  });
  CHECK(f.summary.rows_ok == 100);
  CHECK(f.wire->attempts == 3);
}

TEST_CASE("a pack whose attempt failed is sent again as it is") {
  fixture f(100);
  f.run([](auto&, unsigned before) { return answered(before < 2 ? 500 : 200); });
  CHECK(f.summary.rows_ok == 100);
  CHECK(f.wire->attempts == 3);
  CHECK(f.summary.retries == 2);
  CHECK(f.summary.bisected == 0);
}

TEST_CASE("a part begins with attempts of its own") {
  fixture f(2);
  f.spec.retry.attempts = 3;
  f.run([](const http_request& r, unsigned before) {
    if (holds(r, "row 0") && holds(r, "row 1")) return answered(before < 2 ? 500 : 400);
    return answered(before < 2 ? 500 : 200);
  });
  CHECK(f.summary.rows_ok == 2);
  CHECK(f.wire->attempts == 9);
}

TEST_CASE("rows of different kinds and rows by themselves keep the order of the input") {
  fixture f(0);
  f.input("a:0\nb:1\nalone:2\na:3\nbad\nb:5\n");
  f.run([](auto&, unsigned) { return answered(200); });
  CHECK(f.wire->attempts == 3);
  CHECK(f.bodies() == std::vector<std::string>{"0", "0", "0", "1", "null", "1"});
  CHECK(f.summary.packed == 4);
}

TEST_CASE("a request limit counts packs, and a token limit their tokens") {
  fixture f(600);
  f.spec.limits.requests_per_minute = 6;
  f.run([](auto&, unsigned) { return answered(200); });
  CHECK(f.wire->attempts == 6);
  CHECK(f.summary.wall > 45s);
  fixture g(600);
  g.spec.limits.tokens_per_minute = 500;  // 10 for each row: no more than 50 rows in a request
  g.job.limits.rows = 1000;
  g.run([](auto&, unsigned) { return answered(200); });
  CHECK(g.wire->attempts == 12);
}

TEST_CASE("packs become as small as the limit that the server tells") {
  fixture f(2000);
  f.job.limits.rows = 10;
  f.run([](auto&, unsigned) {
    return http_response(200, "x-ratelimit-limit-tokens: 1000000\r\n", "{}");
  });
  CHECK(f.wire->attempts == 200);
  fixture g(2000);
  g.job.limits.rows = 10;
  g.spec.limits.share = 1e-5;
  g.spec.limits.tokens_per_minute = std::nullopt;
  g.run([](auto&, unsigned) {
    return http_response(200, "x-ratelimit-limit-tokens: 2000000\r\n", "{}");
  });
  CHECK(g.summary.rows_ok == 2000);
  // 20 tokens are two rows, but for what was packed before the first answer came.
  CHECK(g.wire->attempts > 500);
}

TEST_CASE("a full ledger does not wait for a row that waits for company") {
  fixture f(0);
  std::string text = "rare:0\n";
  for (int i = 1; i < 500; ++i) text += "bad\n";  // finished at once, behind the first
  f.input(text);
  f.limits.rows_ahead = 100;
  f.spec.stop.failures = 1;
  f.run([](auto&, unsigned) { return answered(200); });
  CHECK(f.summary.rows_ok == 1);
  CHECK(f.summary.rows_failed == 499);
}
