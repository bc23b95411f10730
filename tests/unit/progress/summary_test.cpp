// The end of a run, word for word.
#include "runner/progress/summary.hpp"

#include <algorithm>
#include <sstream>

#include "runner/progress/text.hpp"
#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

run_summary finished_run() {
  run_summary s;
  s.end = run_end::some_failed;
  s.name = "support-triage";
  s.model = "gpt-4o-mini";
  s.output = "results.jsonl";
  s.failed_output = "failed.jsonl";
  s.rows_total = 1'000;
  s.rows_ok = 988;
  s.rows_failed = 12;
  s.failures = {{"400 context_length_exceeded", 9}, {"connection_lost", 1}, {"timed_out", 2}};
  s.attempts = 1'100;
  s.retries = 100;
  s.rate_limited = 25;
  s.tokens.prompt = 123'456;
  s.tokens.completion = 7'890;
  s.tokens.total = 131'346;
  s.tokens.cached = 1'024;
  s.wall = 80s;
  s.latency_p50 = 350ms;
  s.latency_p95 = 1500ms;
  s.latency_p99 = 2500ms;
  s.latency_max = 150s;
  s.waited_for_limits = 12s;
  s.limits.resize(2);
  s.limits[0].model = "gpt-4o-mini";
  s.limits[0].per_minute = 10000;
  s.limits[0].used = 0.125;
  s.limits[1].model = "gpt-4o-mini";
  s.limits[1].what = bottleneck::tokens;
  s.limits[1].per_minute = 200000;
  s.limits[1].used = 0.9876;
  return s;
}

}  // namespace

TEST_CASE("the summary of a run with failures") {
  CHECK(render_summary(finished_run(), 80, false) ==
        "support-triage  gpt-4o-mini\n"
        "Finished: 12 of 1,000 rows failed.\n"
        "\n"
        "  rows      988 ok   12 failed   of 1,000\n"
        "  failures  9  400 context_length_exceeded\n"
        "            2  timed_out\n"
        "            1  connection_lost\n"
        "  attempts  1,100   100 retries   25 answered 429\n"
        "  tokens    123,456 in   7,890 out   1,024 of the input cached\n"
        "  limits    98.8 % of 200,000 tokens/min used   gpt-4o-mini\n"
        "            12.5 % of 10,000 requests/min used   gpt-4o-mini\n"
        "  time      1m20s   13 rows/s   12s waiting for limits\n"
        "  latency   p50 350ms   p95 1.5s   p99 2.5s   max 2m30s\n"
        "  results   results.jsonl\n"
        "  failed    failed.jsonl\n"
        "  next      The same command with --retry-failed asks the failed rows again.\n");
}

TEST_CASE("facts without room go below, none is lost") {
  CHECK_THAT(render_summary(finished_run(), 40, false),
             ContainsSubstring("  rows      988 ok   12 failed\n"
                               "            of 1,000\n"
                               "  failures  9  400 context_length_exc...\n") &&
                 ContainsSubstring("  latency   p50 350ms   p95 1.5s\n"
                                   "            p99 2.5s   max 2m30s\n") &&
                 ContainsSubstring("  next      The same command with\n"
                                   "            --retry-failed asks the\n"
                                   "            failed rows again.\n"));
}

TEST_CASE("a complete run") {
  run_summary s;
  s.rows_total = s.rows_ok = 1'319;
  s.simulated = true;
  s.name = "gsm8k";
  const auto text = render_summary(s, 200, false);
  CHECK_THAT(text, ContainsSubstring("gsm8k  simulated\nComplete: all 1,319 rows succeeded.\n\n"));
  CHECK_THAT(text, ContainsSubstring("Without --simulate the job asks the real API."));
  CHECK_THAT(text, !ContainsSubstring("failures") && !ContainsSubstring("latency"));
}

TEST_CASE("a complete run against a real server leaves nothing to do") {
  run_summary s;
  s.rows_total = s.rows_ok = 1;
  CHECK_THAT(render_summary(s, 80, false),
             ContainsSubstring("Complete: the row succeeded.") && !ContainsSubstring("next"));
}

TEST_CASE("an input without rows is complete") {
  CHECK(headline(run_summary()) == "Complete: there were no rows.");
}

TEST_CASE("a stopped run says why and what is missing") {
  auto s = finished_run();
  s.end = run_end::stopped;
  s.stop_reason = "The key was refused (401); check OPENAI_API_KEY.\x1b[2J";
  s.rows_left = 640;
  const auto text = render_summary(s, 200, false);
  CHECK_THAT(text, ContainsSubstring(
                       "Stopped: The key was refused (401); check OPENAI_API_KEY.\\x1b[2J\n"));
  CHECK_THAT(text, ContainsSubstring("988 ok   12 failed   640 not answered   of 1,000"));
  CHECK_THAT(text, ContainsSubstring("640 rows have no answer."));
}

TEST_CASE("an interrupted run is no failure of the rows") {
  run_summary s;
  s.end = run_end::interrupted;
  CHECK(headline(s) == "Interrupted.");
  s.stop_reason = "Ctrl-C was pressed.";
  s.rows_left = 1;
  CHECK(headline(s) == "Interrupted: Ctrl-C was pressed.");
  CHECK_THAT(render_summary(s, 200, false), ContainsSubstring("1 row has no answer."));
}

TEST_CASE("eight reasons are shown, the most frequent first, equal ones by name") {
  run_summary s = finished_run();
  s.failures.clear();
  for (std::uint64_t i = 0; i < 11; ++i)
    s.failures["reason " + std::string(1, static_cast<char>('a' + i))] = i == 10 ? 1'000 : 7;
  const auto text = render_summary(s, 80, false);
  CHECK_THAT(text, ContainsSubstring("  failures  1,000  reason k\n"
                                     "                7  reason a\n"));
  CHECK_THAT(text, ContainsSubstring("                7  reason g\n"
                                     "                   and 3 more\n"));
}

TEST_CASE("what packs cost and what was counted have their place") {
  auto s = finished_run();
  s.packed = 988;
  s.bisected = 22;
  s.labels = {{"flagged", 12}, {"hate", 3}, {"violence", 12}};
  const auto text = render_summary(s, 80, false);
  CHECK_THAT(text, ContainsSubstring("  verdicts  12  flagged\n"
                                     "            12  violence\n"
                                     "             3  hate\n"
                                     "  attempts  1,100   100 retries   25 answered 429   22 to "
                                     "bisect packs\n"));
  const auto json = summary_json(s);
  CHECK_THAT(json,
             ContainsSubstring(R"("packed": 988,)") && ContainsSubstring(R"("bisected": 22,)"));
  CHECK_THAT(json, ContainsSubstring(R"("category": "hate",)"));
}

TEST_CASE("paths are never cut, everything else fits") {
  auto s = finished_run();
  s.output = "/a/very/long/path/that/does/not/fit/into/the/window/results.jsonl";
  for (int width = 20; width < 120; ++width) {
    std::istringstream in(render_summary(s, width, true));
    for (std::string line; std::getline(in, line);) {
      INFO("width " << width << ": " << line);
      if (line.find("results.jsonl") != line.npos)
        REQUIRE_THAT(line, ContainsSubstring(s.output));
      else
        REQUIRE(visible_width(line) <= static_cast<std::size_t>(std::max(width, 32)));
    }
  }
}

TEST_CASE("colour marks how it ended") {
  auto s = finished_run();
  CHECK_THAT(render_summary(s, 80, true), ContainsSubstring("\x1b[31mFinished: 12 of"));
  s.end = run_end::complete;
  CHECK_THAT(render_summary(s, 80, true), ContainsSubstring("\x1b[32mComplete: all"));
  s.end = run_end::interrupted;
  CHECK_THAT(render_summary(s, 80, true), ContainsSubstring("\x1b[33mInterrupted."));
}

TEST_CASE("the summary as JSON") {
  CHECK(summary_json(finished_run()) == R"({
  "name": "support-triage",
  "model": "gpt-4o-mini",
  "end": "some_failed",
  "exit_code": 1,
  "stop_reason": null,
  "simulated": false,
  "output": "results.jsonl",
  "failed_output": "failed.jsonl",
  "rows": {
    "total": 1000,
    "ok": 988,
    "failed": 12,
    "kept": 0,
    "left": 0
  },
  "failures": [
    {
      "reason": "400 context_length_exceeded",
      "rows": 9
    },
    {
      "reason": "timed_out",
      "rows": 2
    },
    {
      "reason": "connection_lost",
      "rows": 1
    }
  ],
  "attempts": 1100,
  "retries": 100,
  "rate_limited": 25,
  "batches": 0,
  "shared": 0,
  "packed": 0,
  "bisected": 0,
  "categories": [],
  "tokens": {
    "prompt": 123456,
    "completion": 7890,
    "total": 131346,
    "cached": 1024,
    "reasoning": 0
  },
  "cost": {
    "known": false,
    "usd": null,
    "known_usd": 0.0,
    "at_risk_usd": 0.0,
    "in_flight_usd": 0.0,
    "budget_usd": null
  },
  "models": [],
  "wall_seconds": 80.0,
  "rows_per_second": 12.5,
  "latency_seconds": {
    "p50": 0.35,
    "p95": 1.5,
    "p99": 2.5,
    "max": 150.0
  },
  "waited_for_limits_seconds": 12.0,
  "limits": [
    {
      "model": "gpt-4o-mini",
      "what": "requests",
      "per_minute": 10000.0,
      "used": 0.125
    },
    {
      "model": "gpt-4o-mini",
      "what": "tokens",
      "per_minute": 200000.0,
      "used": 0.988
    }
  ],
  "requests_digest": null
}
)");
}

namespace {

model_cost asked(std::string name, double dollars) {
  model_cost m;
  m.model = std::move(name);
  m.priced = dollars > 0;
  m.requests = 900;
  m.spent = money::dollars(dollars);
  m.tokens.prompt = 5;
  return m;
}

/// A run that costs something.
run_summary costly_run() {
  run_summary s = finished_run();
  s.cost.begun = s.cost.known = true;
  s.cost.spent = money::dollars(1.25);
  s.models.push_back(asked("gpt-4o-mini", 1.25));
  return s;
}

}  // namespace

TEST_CASE("the summary says what the run cost") {
  run_summary s = costly_run();
  CHECK_THAT(render_summary(s, 80, false), ContainsSubstring("\n  cost      $1.25\n"));
  s.cost.budget = money::dollars(25);
  s.cost.at_risk = money::dollars(0.5);
  s.models[0].lost = 3;
  s.models[0].unbilled = 1'234;
  CHECK_THAT(
      render_summary(s, 120, false),
      ContainsSubstring("\n  cost      $1.25 of $25.00   up to $0.50 more if lost answers are "
                        "billed   1,234 attempts not billed\n"));
  s.cost.at_risk = money();
  CHECK_THAT(render_summary(s, 100, false), ContainsSubstring("   3 lost answers may be billed "));
}

TEST_CASE("the summary says what each of several models cost, and never 0 for unknown") {
  run_summary s = costly_run();
  s.models.push_back(asked("house", 0));
  s.cost.known = false;
  CHECK_THAT(render_summary(s, 80, false),
             ContainsSubstring("\n  cost      $1.25 and more, not all prices are known\n"
                               "            $1.25   gpt-4o-mini   900 requests\n"
                               "            unknown   house   900 requests\n"));
  s.cost.spent = money();
  CHECK_THAT(render_summary(s, 80, false), ContainsSubstring("\n  cost      unknown\n"));
  CHECK_THAT(summary_json(s), ContainsSubstring("\"usd\": null,"));
}

TEST_CASE("JSON of what a run cost is exact") {
  run_summary s = costly_run();
  s.cost.spent = money(1'250'000'000'001);
  CHECK_THAT(summary_json(s), ContainsSubstring("\"usd\": 1.250000000001,"));
  CHECK_THAT(summary_json(s),
             ContainsSubstring("\"model\": \"gpt-4o-mini\",\n      \"requests\": 900,"
                               "\n      \"usd\": 1.25,"));
}

TEST_CASE("JSON of an interrupted run without names") {
  run_summary s;
  s.end = run_end::interrupted;
  const auto text = summary_json(s);
  CHECK_THAT(text, ContainsSubstring("\"end\": \"interrupted\",\n  \"exit_code\": 130,"));
  CHECK_THAT(text, ContainsSubstring("\"name\": null") && ContainsSubstring("\"failures\": [],"));
}

TEST_CASE("the summary says how many rows were answered with an equal one") {
  run_summary s = finished_run();
  CHECK_THAT(render_summary(s, 80, false), !ContainsSubstring("equal row"));
  s.shared = 1'234;
  CHECK_THAT(render_summary(s, 80, false),
             ContainsSubstring("\n  shared    1,234 rows have an equal row's answer\n"));
}

TEST_CASE("what was not timed has no latency") {
  run_summary s;
  s.batches = 2;
  CHECK_THAT(summary_json(s), ContainsSubstring("\"p50\": null"));
}
