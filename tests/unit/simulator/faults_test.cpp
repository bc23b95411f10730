#include "runner/simulator/faults.hpp"

#include <cmath>

#include "batchmill/error.hpp"
#include "runner/simulator/dice.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/simulated_api.hpp"

using namespace batchmill;
using namespace batchmill::simulator_detail;
using namespace batchmill::testing;
using namespace std::chrono_literals;

TEST_CASE("faults are read as shares or percents") {
  const auto faults = parse_simulated_faults("429=1%, 500=0.5%,drop=0.001,slow=0");
  REQUIRE(faults.size() == 4);
  CHECK(faults[0].kind == "429");
  CHECK(std::abs(faults[0].probability - 0.01) < 1e-12);
  CHECK(std::abs(faults[1].probability - 0.005) < 1e-12);
  CHECK(faults[2].kind == "drop");
  CHECK(std::abs(faults[2].probability - 0.001) < 1e-12);
  CHECK(faults[3].probability == 0);
  CHECK(parse_simulated_faults("").empty());
}

TEST_CASE("faults that cannot be are refused in one sentence") {
  const auto message = [](const char* text) -> std::string {
    try {
      parse_simulated_faults(text);
    } catch (const usage_error& e) {
      return e.what();
    }
    return "accepted";
  };
  CHECK_THAT(message("418=1%"), ContainsSubstring("no fault \"418\"; the known ones are 408, 409"));
  CHECK_THAT(message("429"), ContainsSubstring("needs a share"));
  CHECK_THAT(message("429="), ContainsSubstring("needs a share"));
  CHECK_THAT(message("429=abc"), ContainsSubstring("needs a share"));
  CHECK_THAT(message("429=1.5"), ContainsSubstring("needs a share"));
  CHECK_THAT(message("429=-1%"), ContainsSubstring("needs a share"));
  CHECK_THAT(message("429=101%"), ContainsSubstring("needs a share"));
  CHECK_THAT(message("429=nan"), ContainsSubstring("needs a share"));
  CHECK_THAT(message("429=1%,"), ContainsSubstring("no fault \"\""));
  CHECK_THAT(message("429=1%,429=2%"), ContainsSubstring("twice"));
  CHECK_THAT(message("429=60%,500=50%"), ContainsSubstring("add up to more than 1"));
}

TEST_CASE("random faults hit their share of the requests, and the same ones again") {
  const auto faults = parse_simulated_faults("429=10%,500=5%");
  fault_plan plan(faults, 1), again(faults, 1), other(faults, 2);
  int limits = 0, errors = 0, equal = 0, different = 0;
  for (std::uint64_t request = 0; request < 10'000; ++request) {
    const auto drawn = plan.draw(hash_pair(request, 0));
    limits += drawn == fault::status_429;
    errors += drawn == fault::status_500;
    equal += drawn == again.draw(hash_pair(request, 0));
    different += drawn != other.draw(hash_pair(request, 0));
  }
  CHECK(std::abs(limits - 1000) < 100);
  CHECK(std::abs(errors - 500) < 75);
  CHECK(equal == 10'000);
  CHECK(different > 1'000);
}

TEST_CASE("a request that was hit is drawn for anew") {
  fault_plan plan(parse_simulated_faults("500=50%"), 1);
  int passed_at_last = 0;
  for (std::uint64_t request = 0; request < 100; ++request)
    for (int attempt = 0; attempt < 30; ++attempt)
      if (plan.draw(request) == fault::none) {
        ++passed_at_last;
        break;
      }
  CHECK(passed_at_last == 100);
}

TEST_CASE("the memory of requests that were hit is bounded") {
  recent_counts counts(1'000);
  for (std::uint64_t i = 0; i < 100'000; ++i) counts.increment(i);
  CHECK(counts.size() <= 1'000);
  CHECK(counts.count(99'999) == 1);
  CHECK(counts.count(0) == 0);
  counts.increment(99'999);
  CHECK(counts.count(99'999) == 2);
}

TEST_CASE("a forced fault hits always, with a number only once") {
  fault_plan plan({}, 0);
  CHECK(plan.forced("drop") == fault::drop);
  CHECK(plan.forced("drop") == fault::drop);
  CHECK(plan.forced("drop-17") == fault::drop);
  CHECK(plan.forced("drop-17") == fault::none);
  CHECK(plan.forced("drop-18") == fault::drop);
  CHECK(plan.forced("slow_down-1") == fault::slow_down);
  CHECK(plan.forced("drop-") == std::nullopt);
  CHECK(plan.forced("-1") == std::nullopt);
  CHECK(plan.forced("nonsense") == std::nullopt);
}

TEST_CASE("each forced fault answers as the real thing does") {
  simulation_options options;
  options.latency.median = 100ms;
  simulated_api api(options);
  const auto body = chat_body("hi");

  SECTION("429") {
    const auto answer = api.chat(body, "429");
    CHECK(answer.status() == 429);
    CHECK(answer.code() == "rate_limit_exceeded");
    CHECK_THAT(answer.error(), ContainsSubstring("Please try again in "));
    CHECK(answer.header("retry-after") == "1");
    CHECK(answer.raw.delay == 0ms);
  }
  SECTION("500 quotes its request id") {
    const auto answer = api.chat(body, "500");
    CHECK(answer.status() == 500);
    CHECK(answer.type() == "server_error");
    CHECK_THAT(answer.error(), ContainsSubstring(answer.header("x-request-id")));
    CHECK(answer.raw.delay == 100ms);
  }
  SECTION("502 has the gateway's numeric code") {
    const auto answer = api.chat(body, "502");
    CHECK(answer.status() == 502);
    CHECK(answer.number("/error/code") == 502);
  }
  SECTION("503") {
    const auto answer = api.chat(body, "503");
    CHECK(answer.status() == 503);
    CHECK(answer.code() == "server_is_overloaded");
    CHECK(answer.type() == "service_unavailable_error");
  }
  SECTION("408 and 409") {
    CHECK(api.chat(body, "408").status() == 408);
    CHECK(api.chat(body, "409").status() == 409);
  }
  SECTION("quota") {
    const auto answer = api.chat(body, "quota");
    CHECK(answer.status() == 429);
    CHECK(answer.code() == "insufficient_quota");
    CHECK(answer.type() == "insufficient_quota");
    CHECK(answer.header("retry-after").empty());
  }
  SECTION("slow_down") {
    const auto answer = api.chat(body, "slow_down");
    CHECK(answer.status() == 429);
    CHECK(answer.code() == "slow_down");
  }
  SECTION("key") {
    const auto answer = api.chat(body, "key");
    CHECK(answer.status() == 401);
    CHECK(answer.code() == "invalid_api_key");
    CHECK_THAT(answer.error(), !ContainsSubstring("sk-anything"));
  }
  SECTION("html is a proxy's page without the API's headers") {
    const auto answer = api.chat(body, "html");
    CHECK(answer.status() == 502);
    CHECK(answer.header("content-type") == "text/html");
    CHECK(answer.header("x-request-id").empty());
    CHECK_THAT(answer.raw.body, ContainsSubstring("<html>"));
  }
  SECTION("malformed is a 200 with half of the JSON") {
    const auto answer = api.chat(body, "malformed");
    CHECK(answer.status() == 200);
    CHECK(answer.json.is_null());
    CHECK_THAT(answer.raw.body, ContainsSubstring("chatcmpl-"));
  }
  SECTION("off_schema is a whole answer, of a text that was not asked for") {
    const auto label = chat_body("Answer with one of: bug, wish.");
    for (int seed = 0; seed < 20; ++seed) {
      simulation_options options;
      options.seed = static_cast<std::uint64_t>(seed);
      simulated_api other(options);
      const auto answer = other.chat(label, "off_schema");
      CHECK(answer.status() == 200);
      CHECK_FALSE(answer.content().empty());
      CHECK(answer.content() != "bug");
      CHECK(answer.content() != "wish");
      CHECK(answer.content() != other.chat(label).content());
    }
  }
  SECTION("slow takes ten times the latency and five seconds") {
    const auto answer = api.chat(body, "slow");
    CHECK(answer.status() == 200);
    CHECK(answer.raw.delay == 6s);
  }
  SECTION("what happens to the connection") {
    CHECK(api.chat(body, "drop").raw.how == delivery::drop);
    CHECK(api.chat(body, "reset").raw.how == delivery::reset);
    CHECK(api.chat(body, "truncate").raw.how == delivery::truncated);
    CHECK(api.chat(body).raw.how == delivery::whole);
  }
  SECTION("a fault nobody knows is refused") {
    const auto answer = api.chat(body, "nonsense");
    CHECK(answer.status() == 400);
    CHECK_THAT(answer.error(), ContainsSubstring("no fault 'nonsense'"));
  }
  SECTION("a retry passes a numbered fault") {
    CHECK(api.chat(body, "429-1").status() == 429);
    CHECK(api.chat(body, "429-1").status() == 200);
  }
  SECTION("the answer of a spoiled request is the one it would have had") {
    CHECK(api.chat(body, "drop-1").raw.body == api.chat(body).raw.body);
  }
}

TEST_CASE("random faults leave lookups alone") {
  simulation_options options;
  options.faults = parse_simulated_faults("500=100%");
  simulated_api api(options);
  CHECK(api.get("/v1/models").status() == 200);
  CHECK(api.chat(chat_body("hi")).status() == 500);
}

TEST_CASE("a forced 429 keeps the formula of the wait when a limit is set") {
  simulation_options options;
  options.requests_per_minute = 60;
  simulated_api api(options);
  const auto answer = api.chat(chat_body("hi"), "429");
  CHECK_THAT(answer.error(), ContainsSubstring("Limit 60, Used 60, Requested 1."));
  CHECK(std::stol(answer.header("retry-after-ms")) <= 1000);
}
