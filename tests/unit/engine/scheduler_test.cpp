#include "runner/engine/scheduler.hpp"

#include <boost/asio/co_spawn.hpp>

#include "runner/net/streamed_body.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/engine/scheduler_fixture.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

using fixture = scheduler_fixture;

}  // namespace

TEST_CASE("every row is answered once, in the order of the input, however the answers arrive") {
  fixture f(5000);
  f.run([](auto&, unsigned) { return ok(); }, scattered);
  REQUIRE(f.rows_in_order() == 5000);
  REQUIRE(f.wire->attempts == 5000);
  REQUIRE(f.summary.end == run_end::complete);
  REQUIRE(f.summary.rows_ok == 5000);
  REQUIRE(f.summary.rows_left == 0);
}

TEST_CASE("no more requests are in flight than the limit allows, and no fewer than it could be") {
  fixture f(2000);
  f.run([](auto&, unsigned) { return ok(); }, scattered);
  REQUIRE(f.wire->peak_in_flight == 50);
}

TEST_CASE("failed attempts are repeated until they succeed") {
  fixture f(1000);
  f.run(
      [](const http_request& request, unsigned before) -> attempt_result {
        const auto kind = std::hash<std::string>()(request.body) % 10;
        if (before < 2 && kind == 0) return status(500);
        if (before < 2 && kind == 1) return status(503);
        if (before < 2 && kind == 2) return transport_error(net_errc::connection_lost, "lost");
        if (before < 1 && kind == 3) return status(429, "retry-after-ms: 40\r\n");
        return ok();
      },
      scattered);
  REQUIRE(f.rows_in_order() == 1000);
  REQUIRE(f.summary.end == run_end::complete);
  REQUIRE(f.summary.retries > 300);
  REQUIRE(f.summary.rate_limited > 50);
}

TEST_CASE("a row that cannot pass fails alone, and its input is kept to be run again") {
  fixture f(100);
  f.run(
      [](const http_request& request, unsigned) -> attempt_result {
        if (request.body == "row 7") return status(400);
        if (request.body == "row 9")
          return transport_error(net_errc::timed_out, "no answer in 10m");
        return ok();
      },
      quick);
  REQUIRE(f.rows_in_order() == 100);
  REQUIRE(f.summary.end == run_end::some_failed);
  REQUIRE(f.summary.failures.at("400 code_400") == 1);
  REQUIRE(f.summary.failures.at("timed_out") == 1);
  REQUIRE(f.wire->times_sent("row 7") == 1);
  REQUIRE(f.wire->times_sent("row 9") == 6);
  REQUIRE(f.folder.read("failed.jsonl") == "row 7\nrow 9\n");
  REQUIRE(f.output_lines()[7] ==
          R"({"id":"batch_req_7","custom_id":"7","response":{"status_code":400,"request_id":null,)"
          R"("body":{"error":{}}},"error":null})");
  REQUIRE(f.output_lines()[9] == R"({"id":"batch_req_9","custom_id":"9","response":null,)"
                                 R"("error":{"code":"timed_out","message":"no answer in 10m"}})");
}

TEST_CASE("an answer that was paid but is too large fails its row at once") {
  fixture f(100);
  f.run(
      [](const http_request& request, unsigned) -> attempt_result {
        if (request.body == "row 7")
          return transport_error(net_errc::response_too_large, "larger than 64MB");
        return ok();
      },
      quick);
  REQUIRE(f.rows_in_order() == 100);
  REQUIRE(f.summary.failures.at("response_too_large") == 1);
  REQUIRE(f.wire->attempts == 100);
  REQUIRE(f.summary.models.front().lost == 1);
}

TEST_CASE("an unexpected answer is asked for again, and all answers of the row are counted") {
  fixture f(3);
  f.run(
      [](const http_request& request, unsigned before) -> attempt_result {
        if (request.body == "row 0" && before < 2) return status(202);
        if (request.body == "row 1") return status(202);
        return ok();
      },
      quick);
  REQUIRE(f.rows_in_order() == 3);
  REQUIRE(f.wire->times_sent("row 0") == 3);
  REQUIRE(f.wire->times_sent("row 1") == 3);
  REQUIRE(f.summary.rows_ok == 2);
  REQUIRE(f.summary.failures.at("202 code_202") == 1);
  REQUIRE(f.summary.tokens.total == 70);
  REQUIRE(f.output_lines()[1] ==
          R"({"id":"batch_req_1","custom_id":"1","response":{"status_code":202,"request_id":null,)"
          R"("body":{"error":{}}},"error":{"code":"code_202","message":"the server said 202"}})");
}

TEST_CASE("equal rows are sent once where the spec says so, and each gets the answer") {
  fixture f(0);
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "row " + std::to_string(i % 100) + "\n";
  f.spec.input.paths = {f.folder.write("in.jsonl", text)};
  SECTION("once") {
    f.spec.dedupe = true;
    f.run([](auto&, unsigned) { return ok(); }, scattered);
    REQUIRE(f.wire->attempts == 100);
    REQUIRE(f.summary.shared == 2900);
    REQUIRE(f.summary.tokens.total == 1000);
  }
  SECTION("each") {
    f.run([](auto&, unsigned) { return ok(); }, scattered);
    REQUIRE(f.wire->attempts == 3000);
    REQUIRE(f.summary.shared == 0);
  }
  REQUIRE(f.rows_in_order() == 3000);
  REQUIRE(f.summary.rows_ok == 3000);
  REQUIRE(f.summary.end == run_end::complete);
}

TEST_CASE("rows that wait for an equal one share its failure, later ones are sent anew") {
  fixture f(0);
  std::string text;
  for (int i = 0; i < 600; ++i) text += "row 0\n";
  f.spec.input.paths = {f.folder.write("in.jsonl", text)};
  f.spec.dedupe = true;
  f.spec.stop.failures = 1;
  f.run(
      [](const http_request&, unsigned before) -> attempt_result {
        if (before == 0) return status(400);
        return ok();
      },
      quick);
  REQUIRE(f.rows_in_order() == 600);
  REQUIRE(f.summary.rows_failed + f.summary.rows_ok == 600);
  REQUIRE(f.summary.rows_failed >= 1);
  REQUIRE(f.summary.shared == 600 - f.wire->attempts);
}

TEST_CASE("a row that cannot be made ready is never sent") {
  fixture f(0);
  f.spec.input.paths = {f.folder.write("in.jsonl", "row 0\nbad\nrow 2\n")};
  f.run([](auto&, unsigned) { return ok(); }, quick);
  REQUIRE(f.rows_in_order() == 3);
  REQUIRE(f.wire->attempts == 2);
  REQUIRE_THAT(f.output_lines()[1], ContainsSubstring(R"("code":"invalid_row")"));
}

TEST_CASE("an attempt ends at its deadline and the row is asked again") {
  fixture f(10);
  f.spec.api.timeout = 2s;
  f.run([](auto&, unsigned) { return ok(); },
        [](const http_request&, unsigned before) -> duration {
          return before == 0 ? duration(1h) : duration(5ms);
        });
  REQUIRE(f.summary.rows_ok == 10);
  REQUIRE(f.wire->attempts == 20);
}

TEST_CASE("requests keep the given rate, evenly") {
  fixture f(600);
  f.spec.limits.requests_per_minute = 600;
  std::map<std::int64_t, int> per_second;
  f.run(
      [&](auto&, unsigned) {
        ++per_second[f.time.now().time_since_epoch() / 1s];
        return ok();
      },
      quick);
  REQUIRE(f.summary.wall > 58s);
  REQUIRE(f.summary.wall < 61s);
  for (const auto& [second, count] : per_second) REQUIRE(count <= 11);
  REQUIRE(f.summary.waited_for_limits > 55s);
}

TEST_CASE("a model that waits holds up no other, and its rows keep their places") {
  fixture f(0);
  std::string text;
  for (int i = 0; i < 4000; ++i) text += (i % 2 ? "fast: " : "slow: ") + std::to_string(i) + "\n";
  f.spec.input.paths = {f.folder.write("in.jsonl", text)};
  bool refused = false;
  time_point last_fast{};
  const time_point begin = f.time.now();
  f.run(
      [&](const http_request& request, unsigned) -> attempt_result {
        if (request.body.starts_with("fast")) {
          last_fast = f.time.now();
        } else if (!std::exchange(refused, true)) {
          return status(429, "retry-after: 30\r\n");
        }
        return ok();
      },
      quick);
  REQUIRE(f.rows_in_order() == 4000);
  REQUIRE(last_fast - begin < 2s);
  REQUIRE(f.summary.wall > 30s);
}

TEST_CASE("a 429 makes all rows wait for the time that the server names") {
  fixture f(500);
  bool refused = false;
  time_point refused_at{};
  std::vector<time_point> sent;
  f.run(
      [&](auto&, unsigned) -> attempt_result {
        sent.push_back(f.time.now());
        if (!std::exchange(refused, true)) {
          refused_at = f.time.now();
          return status(429, "retry-after: 30\r\n");
        }
        return ok();
      },
      quick);
  REQUIRE(f.summary.rows_ok == 500);
  // What was on the wire at that moment comes back within 10 ms; then silence.
  const auto early = std::count_if(sent.begin(), sent.end(), [&](time_point t) {
    return t > refused_at + 10ms && t < refused_at + 30s;
  });
  REQUIRE(early == 0);
}

TEST_CASE("a slow row stops nobody: those behind it are asked and rest until its turn") {
  fixture f(3000);
  f.limits.memory = 20000;
  f.run([](auto&, unsigned) { return ok(); },
        [](const http_request& request, unsigned) -> duration {
          return request.body == "row 0" ? duration(60s) : duration(10ms);
        });
  REQUIRE(f.rows_in_order() == 3000);
  REQUIRE(f.summary.wall >= 60s);
  REQUIRE(f.summary.wall < 61s);
}

TEST_CASE("a refused key stops the run: few requests are wasted, nothing is written for them") {
  fixture f(10000);
  f.run([](auto&, unsigned) -> attempt_result { return status(401); }, quick);
  REQUIRE(f.summary.end == run_end::stopped);
  REQUIRE_THAT(f.summary.stop_reason, ContainsSubstring("the server said 401 (do something)"));
  REQUIRE(f.wire->attempts <= 50);
  REQUIRE(f.output_lines().empty());
}

TEST_CASE("too many failures stop the run") {
  fixture f(10000);
  f.spec.stop.failures = 0.05;
  f.spec.stop.after = 200;
  f.run([](auto&, unsigned) -> attempt_result { return status(400); }, quick);
  REQUIRE(f.summary.end == run_end::stopped);
  REQUIRE(f.summary.rows_failed >= 200);
  REQUIRE(f.summary.rows_failed <= 260);
  REQUIRE(f.rows_in_order() == f.summary.rows_failed);
}

TEST_CASE("draining sends nothing any more and keeps what is still answered") {
  fixture f(10000);
  unsigned answered = 0;
  unsigned sent_before = 0;
  f.run(
      [&](const http_request&, unsigned before) -> attempt_result {
        if (++answered == 500) {
          f.engine->drain("interrupted");
          sent_before = f.wire->attempts;
        }
        if (answered > 480 && before == 0 && answered % 2 == 0) return status(500);
        return ok();
      },
      scattered);
  REQUIRE(f.summary.end == run_end::interrupted);
  REQUIRE(f.summary.stop_reason == "interrupted");
  REQUIRE(f.wire->attempts == sent_before);
  REQUIRE(answered == sent_before);
  REQUIRE(f.rows_in_order() == f.output_lines().size());
  REQUIRE(f.summary.rows_ok >= 500);
  REQUIRE(f.summary.rows_left == 10000 - f.summary.rows_ok);
}

TEST_CASE("draining ends a run whose rows are refused for ever") {
  fixture f(3);
  unsigned refused = 0;
  f.run(
      [&](auto&, unsigned) -> attempt_result {
        if (++refused == 20) f.engine->drain("interrupted");
        return status(429);
      },
      quick);
  REQUIRE(f.summary.end == run_end::interrupted);
  REQUIRE(refused <= 22);
  REQUIRE(f.summary.rate_limited == refused);
  REQUIRE(f.summary.attempts == 3 + f.summary.retries);
}

TEST_CASE("aborting ends the run at once and leaves a clean prefix") {
  fixture f(10000);
  unsigned answered = 0;
  time_point aborted_at{};
  f.run(
      [&](auto&, unsigned) -> attempt_result {
        if (++answered == 500) {
          f.engine->abort();
          aborted_at = f.time.now();
        }
        return ok();
      },
      scattered);
  REQUIRE(f.summary.end == run_end::interrupted);
  REQUIRE(f.rows_in_order() == f.output_lines().size());
  REQUIRE(f.output_lines().size() < 510);
}

TEST_CASE("an output that cannot be written ends the run with the reason") {
  fixture f(1000);
  f.paths.output = "/dev/full";
  REQUIRE_THROWS_WITH(f.run([](auto&, unsigned) { return ok(); }, quick),
                      ContainsSubstring("cannot write to /dev/full: No space left"));
}

TEST_CASE("a run goes on where another was aborted while one slow row held up the output") {
  scheduler_fixture f(100);
  f.limits.rows_ahead = 20;
  unsigned answered = 0;
  f.run(
      [&](auto&, unsigned) {
        if (++answered == 19) f.engine->drain("Ctrl-C");
        return ok();
      },
      [](const http_request& r, unsigned) { return r.body == "row 0" ? duration(1h) : 10ms; });
  REQUIRE(f.summary.end == run_end::interrupted);
  CHECK(f.output_lines().empty());
  f.time.revive();
  f.run([](auto&, unsigned) { return ok(); }, quick);
  CHECK(f.summary.end == run_end::complete);
  CHECK(f.rows_in_order() == 100);
}

TEST_CASE("a run goes on where another was aborted: nothing finished is asked again") {
  fixture f(3000);
  unsigned answered = 0;
  f.run(
      [&](auto&, unsigned) -> attempt_result {
        if (++answered == 1000) f.engine->abort();
        return ok();
      },
      scattered);
  const unsigned before = f.wire->attempts;
  f.time.revive();
  f.run([](auto&, unsigned) { return ok(); }, scattered);
  REQUIRE(f.rows_in_order() == 3000);
  REQUIRE(f.summary.end == run_end::complete);
  REQUIRE(f.summary.rows_ok == 3000);
  REQUIRE(f.summary.rows_kept >= 999);
  REQUIRE(f.summary.rows_kept + f.wire->attempts == 3000);
  REQUIRE(before + f.wire->attempts <= 3000 + 51);
}

TEST_CASE("a silent server does not hold up a run that is to stop") {
  fixture f(1000);
  unsigned answered = 0;
  time_point drained_at{};
  f.run(
      [&](auto&, unsigned) {
        if (++answered == 100) {
          f.engine->drain("interrupted");
          drained_at = f.time.now();
        }
        return ok();
      },
      [](const http_request& request, unsigned) -> duration {
        return request.body == "row 120" ? duration(1h) : duration(10ms);
      });
  REQUIRE(f.summary.end == run_end::interrupted);
  REQUIRE(f.time.now() - drained_at < 5s);
  REQUIRE(f.rows_in_order() == 120);
}

TEST_CASE("a row whose file is gone fails alone and is not sent again") {
  fixture f(3);
  const std::string file = f.folder.write("file", "x");
  f.spec.input.paths = {
      f.folder.write("in.jsonl", "row 0\nupload " + file + "\nupload " + file + ".none\n")};
  f.run(
      [&](const http_request& request, unsigned) -> attempt_result {
        if (auto wrong = unreadable_upload(request)) return *wrong;
        return ok();
      },
      quick);
  CHECK(f.rows_in_order() == 3);
  CHECK(f.summary.rows_ok == 2);
  CHECK(f.wire->attempts == 3);
  CHECK_THAT(f.output_lines()[2],
             ContainsSubstring(R"("response":null,"error":{"code":"file_unre)"));
}
