#include "runner/simulator/rate_limits.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/simulated_api.hpp"

using namespace batchmill;
using namespace batchmill::simulator_detail;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

simulation_options limited(double requests, double tokens) {
  simulation_options options;
  options.requests_per_minute = requests;
  options.tokens_per_minute = tokens;
  return options;
}

}  // namespace

TEST_CASE("durations are written as Go does") {
  CHECK(go_duration(0s) == "0s");
  CHECK(go_duration(-5s) == "0s");
  CHECK(go_duration(20ms) == "20ms");
  CHECK(go_duration(1us) == "1ms");
  CHECK(go_duration(999ms) == "999ms");
  CHECK(go_duration(1s) == "1s");
  CHECK(go_duration(10s) == "10s");
  CHECK(go_duration(8640ms) == "8.64s");
  CHECK(go_duration(6min) == "6m0s");
  CHECK(go_duration(93792ms) == "1m33.792s");
  CHECK(go_duration(1h + 2min + 3s) == "1h2m3s");
  CHECK(go_duration(2h) == "2h0m0s");
}

TEST_CASE("without limits there are no rate-limit headers") {
  simulated_api api;
  CHECK_THAT(api.chat(chat_body("hi")).raw.headers, !ContainsSubstring("x-ratelimit"));
}

TEST_CASE("headers tell limit, rest and time until full") {
  simulated_api api(limited(60, 6000));
  const auto answer = api.chat(chat_body("hi", R"("max_tokens":100)"));
  CHECK(answer.header("x-ratelimit-limit-requests") == "60");
  CHECK(answer.header("x-ratelimit-remaining-requests") == "59");
  CHECK(answer.header("x-ratelimit-reset-requests") == "1s");
  CHECK(answer.header("x-ratelimit-limit-tokens") == "6000");
  CHECK(answer.header("x-ratelimit-remaining-tokens") == "5900");
  CHECK(answer.header("x-ratelimit-reset-tokens") == "1s");
}

TEST_CASE("only the dimension that is limited is told") {
  simulated_api api(limited(60, 0));
  const auto answer = api.chat(chat_body("hi"));
  CHECK(answer.header("x-ratelimit-limit-requests") == "60");
  CHECK(answer.header("x-ratelimit-limit-tokens").empty());
}

TEST_CASE("an empty bucket of requests refuses with the wait, after which one passes") {
  simulated_api api(limited(2, 0));
  CHECK(api.chat(chat_body("a")).status() == 200);
  CHECK(api.chat(chat_body("b")).status() == 200);
  const auto refused = api.chat(chat_body("c"));
  CHECK(refused.status() == 429);
  CHECK(refused.type() == "requests");
  CHECK(refused.code() == "rate_limit_exceeded");
  CHECK(refused.param() == "null");
  CHECK(refused.error() ==
        "Rate limit reached for gpt-4o-mini in organization org-simulated on requests per min "
        "(RPM): Limit 2, Used 2, Requested 1. Please try again in 30s. Visit "
        "https://platform.openai.com/account/rate-limits to learn more.");
  CHECK(refused.header("retry-after") == "30");
  CHECK(refused.header("retry-after-ms") == "30000");
  CHECK(refused.header("x-ratelimit-remaining-requests") == "0");
  CHECK(refused.header("x-ratelimit-reset-requests") == "1m0s");

  api.now += 30s - 1ms;
  CHECK(api.chat(chat_body("c")).status() == 429);
  api.now += 1ms;
  CHECK(api.chat(chat_body("c")).status() == 200);
  CHECK(api.counters().rate_limited == 2);
}

TEST_CASE("the wait for tokens is (used + requested - limit) / limit minutes") {
  simulated_api api(limited(0, 1000));
  CHECK(api.chat(chat_body("a", R"("max_tokens":900)")).status() == 200);
  const auto refused = api.chat(chat_body("a", R"("max_tokens":400)"));
  CHECK(refused.type() == "tokens");
  CHECK_THAT(refused.error(), ContainsSubstring("on tokens per min (TPM): Limit 1000, Used 900, "
                                                "Requested 400. Please try again in 18s."));
}

TEST_CASE("the charge is the larger of n times max_tokens and a quarter of the characters") {
  const auto charge = [](const std::string& body) {
    simulated_api api(limited(0, 100000));
    return 100000 - std::stol(api.chat(body).header("x-ratelimit-remaining-tokens"));
  };
  CHECK(charge(chat_body("12345")) == 2);
  CHECK(charge(chat_body("12345", R"("max_tokens":7)")) == 7);
  CHECK(charge(chat_body("12345", R"("max_completion_tokens":7,"n":3)")) == 21);
  CHECK(charge(chat_body(std::string(400, 'x'), R"("max_tokens":7)")) == 100);
  CHECK(charge(chat_body("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f")) == 1);
}

TEST_CASE("a request over the whole limit can never pass") {
  simulated_api api(limited(0, 100));
  const auto refused = api.chat(chat_body("a", R"("max_tokens":101)"));
  CHECK(refused.status() == 429);
  CHECK_THAT(refused.error(), ContainsSubstring("Request too large for gpt-4o-mini"));
  CHECK_THAT(refused.error(), ContainsSubstring("Limit 100, Requested 101."));
  CHECK(refused.header("retry-after").empty());
  CHECK(api.chat(chat_body("a", R"("max_tokens":100)")).status() == 200);
}

TEST_CASE("each model has its own buckets") {
  simulated_api api(limited(1, 0));
  CHECK(api.chat(chat_body("a")).status() == 200);
  CHECK(api.chat(chat_body("a")).status() == 429);
  CHECK(api.post("/v1/embeddings", R"({"model":"text-embedding-3-small","input":"a"})").status() ==
        200);
}

TEST_CASE("bad requests cost nothing") {
  simulated_api api(limited(1, 0));
  CHECK(api.chat("{}").status() == 400);
  CHECK(api.chat(chat_body("a", R"("temperature":3)")).status() == 400);
  CHECK(api.chat(chat_body("a")).status() == 200);
}

TEST_CASE("looking up models is not limited") {
  simulated_api api(limited(1, 0));
  CHECK(api.get("/v1/models").status() == 200);
  CHECK(api.get("/v1/models").status() == 200);
}
