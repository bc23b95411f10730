// Limits as a client of the service meets them: costs, headers, concurrency, books.
#include "tests/support/catch.hpp"
#include "tests/support/simulated_api.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

simulation_options limited(double requests, double tokens) {
  simulation_options options;
  options.requests_per_minute = requests;
  options.tokens_per_minute = tokens;
  return options;
}

std::int64_t remaining_tokens(const api_answer& answer) {
  return std::stol(answer.header("x-ratelimit-remaining-tokens"));
}

const auto body = chat_body(std::string(400, 'x'), R"("max_tokens":30,"n":2)");

}  // namespace

TEST_CASE("the cost of a request depends on what the server counts") {
  const auto charge = [](simulated_token_cost cost) {
    auto options = limited(0, 100'000);
    options.limits.token_cost = cost;
    simulated_api api(options);
    return 100'000 - remaining_tokens(api.chat(body));
  };
  CHECK(charge(simulated_token_cost::larger) == 100);
  CHECK(charge(simulated_token_cost::used) == 100);
  CHECK(charge(simulated_token_cost::sum) == 160);
  CHECK(charge(simulated_token_cost::input) == 100);
}

TEST_CASE("the output limit counts unless only the prompt is charged at first") {
  const auto charge = [](simulated_token_cost cost) {
    auto options = limited(0, 100'000);
    options.limits.token_cost = cost;
    simulated_api api(options);
    return 100'000 - remaining_tokens(api.chat(chat_body("hi", R"("max_tokens":70)")));
  };
  CHECK(charge(simulated_token_cost::used) == 70);
  CHECK(charge(simulated_token_cost::input) == 1);
}

TEST_CASE("when the answer goes out, what was used replaces the estimate") {
  for (const auto cost : {simulated_token_cost::used, simulated_token_cost::input}) {
    auto options = limited(0, 100'000);
    options.limits.token_cost = cost;
    options.limits.model = simulated_limit_model::minute;  // nothing flows back meanwhile
    simulated_api api(options);
    const auto answer = api.chat(chat_body("hi", R"("max_tokens":70)"));
    const auto used = answer.number("/usage/total_tokens");
    const auto charged = 100'000 - remaining_tokens(answer);
    CHECK(charged != used);
    api.now += 2s;
    CHECK(api.get("/simulator/limits").number("/admitted_tokens") == charged);
    api.deliver(answer);
    CHECK(api.get("/simulator/limits").number("/admitted_tokens") == used);
    const auto next = api.chat(chat_body("hi", R"("max_tokens":70)"));
    CHECK(100'000 - remaining_tokens(next) == used + charged);
  }
}

TEST_CASE("embeddings have no output to count apart") {
  auto options = limited(0, 1'000);
  options.limits.token_cost = simulated_token_cost::input;
  simulated_api api(options);
  const auto answer =
      api.post("/v1/embeddings", R"({"model":"text-embedding-3-small","input":" the the"})");
  CHECK(remaining_tokens(answer) == 998);
  CHECK(answer.raw.leaving.tokens == 0);
}

TEST_CASE("with a limit per day the headers on requests tell the day") {
  auto options = limited(60, 0);
  options.limits.requests_per_day = 10'000;
  simulated_api api(options);
  const auto answer = api.chat(body);
  CHECK(answer.header("x-ratelimit-limit-requests") == "10000");
  CHECK(answer.header("x-ratelimit-remaining-requests") == "9999");
  CHECK(answer.header("x-ratelimit-reset-requests") == "8.64s");
}

TEST_CASE("the limit per minute holds beside that per day, and that per day refuses alone") {
  auto options = limited(2, 0);
  options.limits.requests_per_day = 3;
  simulated_api api(options);
  CHECK(api.chat(body).status() == 200);
  CHECK(api.chat(body).status() == 200);
  CHECK_THAT(api.chat(body).error(), ContainsSubstring("requests per min (RPM): Limit 2, Used 2"));
  api.now += 1min;
  CHECK(api.chat(body).status() == 200);
  const auto refused = api.chat(body);
  CHECK(refused.status() == 429);
  CHECK(refused.type() == "requests");
  CHECK_THAT(refused.error(), ContainsSubstring("requests per day (RPD): Limit 3, Used 3"));
  CHECK_THAT(refused.error(), ContainsSubstring("Please try again in 7h59m0s."));
  api.now += 8h;
  CHECK(api.chat(body).status() == 200);
}

TEST_CASE("a project's tokens are those of all its models") {
  simulation_options options;
  options.limits.project_tokens_per_minute = 150;
  simulated_api api(options);
  const auto answer = api.chat(body);
  CHECK(answer.header("x-ratelimit-limit-project-tokens") == "150");
  CHECK(answer.header("x-ratelimit-remaining-project-tokens") == "50");
  CHECK(answer.header("x-ratelimit-reset-project-tokens") == "40s");
  CHECK(answer.header("x-ratelimit-limit-tokens").empty());
  const auto input = std::string(400, 'x');
  const auto refused =
      api.post("/v1/embeddings", R"({"model":"text-embedding-3-small","input":")" + input + "\"}");
  CHECK(refused.status() == 429);
  CHECK(refused.type() == "tokens");
  CHECK_THAT(refused.error(), ContainsSubstring("Limit 150, Used 100, Requested 100."));
  CHECK(api.get("/simulator/limits").number("/refused/project_tokens") == 1);
}

TEST_CASE("a hidden limit refuses without a number") {
  auto options = limited(1, 0);
  options.limits.header_share = 0;
  simulated_api api(options);
  CHECK_THAT(api.chat(body).raw.headers, !ContainsSubstring("x-ratelimit"));
  const auto refused = api.chat(body);
  CHECK(refused.status() == 429);
  CHECK(refused.code() == "rate_limit_exceeded");
  CHECK_THAT(refused.raw.headers, !ContainsSubstring("x-ratelimit"));
  CHECK_THAT(refused.raw.headers, !ContainsSubstring("retry-after"));
  CHECK_THAT(refused.error(), !ContainsSubstring("try again in"));
  CHECK_THAT(refused.error(), !ContainsSubstring("Limit 1"));
}

TEST_CASE("a share of the answers tells the limits, refusals and their waits among them") {
  auto options = limited(500, 0);
  options.limits.header_share = 0.25;
  simulated_api api(options);
  int told = 0, waits = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto answer = api.chat(body);
    const bool tells = !answer.header("x-ratelimit-limit-requests").empty();
    told += tells ? 1 : 0;
    if (answer.status() == 200) continue;
    CHECK(tells == !answer.header("retry-after").empty());
    waits += tells ? 1 : 0;
  }
  CHECK(told > 200);
  CHECK(told < 300);
  CHECK(waits > 90);
  CHECK(waits < 160);
}

TEST_CASE("headers state a changed limit") {
  auto options = limited(600, 0);
  options.limits.changes = {{20s, 0.5}};
  simulated_api api(options);
  CHECK(api.chat(body).header("x-ratelimit-limit-requests") == "600");
  api.now += 20s;
  const auto answer = api.chat(body);
  CHECK(answer.header("x-ratelimit-limit-requests") == "300");
  CHECK(answer.header("x-ratelimit-remaining-requests") == "299");
}

TEST_CASE("one request more than can be answered at once is refused") {
  for (const int status : {429, 503}) {
    simulation_options options;
    options.limits.max_concurrency = 2;
    options.limits.concurrency_status = status;
    simulated_api api(options);
    const auto first = api.chat(body), second = api.chat(body), third = api.chat(body);
    CHECK(first.status() == 200);
    CHECK(second.status() == 200);
    CHECK(third.status() == status);
    CHECK(third.header("retry-after").empty());
    api.deliver(third);
    CHECK(api.chat(body).status() == status);
    CHECK(api.get("/v1/models").status() == 200);
    api.deliver(first);
    CHECK(api.chat(body).status() == 200);
    CHECK(api.chat(body).status() == status);
    const auto books = api.get("/simulator/limits");
    CHECK(books.number("/refused_concurrency") == 3);
    CHECK(books.number("/most_at_once") == 2);
    CHECK(books.number("/attempts") == 3);
  }
}

TEST_CASE("refused and failing requests leave, too") {
  simulation_options options;
  options.limits.max_concurrency = 1;
  simulated_api api(options);
  for (const auto* fault : {"500", "drop", "html", "nonsense"}) {
    const auto answer = api.chat(body, fault);
    CHECK(answer.status() != 429);
    api.deliver(answer);
  }
  CHECK(api.chat(body).status() == 200);
}

TEST_CASE("the books of limits tell what was had and what could have been had") {
  auto options = limited(60, 60'000);
  options.limits.burst = 2s;
  simulated_api api(options);
  CHECK(api.get("/simulator/limits").number("/attempts") == 0);
  for (int i = 0; i < 3; ++i) api.chat(body);
  api.now += 10s;
  api.chat(body);
  api.now += 5s;
  api.chat(chat_body("hi", R"("max_tokens":16000,"n":8)"));
  const auto books = api.get("/simulator/limits");
  CHECK(books.at("/seconds").to_number<double>() == 15);
  CHECK(books.number("/attempts") == 5);
  CHECK(books.number("/refused/requests") == 1);
  CHECK(books.number("/refused/tokens") == 1);
  CHECK(books.number("/too_large") == 1);
  CHECK(books.number("/admitted_requests") == 3);
  CHECK(books.number("/admitted_tokens") == 300);
  CHECK(books.at("/first_admitted").to_number<double>() == 0);
  CHECK(books.at("/last_admitted").to_number<double>() == 10);
  CHECK(books.at("/allowed_requests").to_number<double>() == 10);
  CHECK(books.at("/allowed_requests_until_now").to_number<double>() == 15);
  CHECK(books.at("/burst_requests").to_number<double>() == 2);
  CHECK(books.at("/allowed_tokens").to_number<double>() == 10'000);
  CHECK(books.at("/burst_tokens").to_number<double>() == 2'000);
  CHECK(books.at("/allowed_project_tokens").is_null());
  CHECK(books.number("/models/gpt-4o-mini/admitted_requests") == 3);
}

TEST_CASE("what changes and others leave is in the books") {
  auto options = limited(600, 0);
  options.limits.changes = {{10s, 2}};
  options.limits.others = {0.5, 0.5, 60s};
  simulated_api api(options);
  api.chat(body);
  api.now += 20s;
  api.chat(body);
  const auto books = api.get("/simulator/limits");
  CHECK(books.at("/allowed_requests").to_number<double>() == Approx(50 + 100));
  CHECK(books.at("/allowed_tokens").is_null());
}

TEST_CASE("options that contradict one another are refused by the service, too") {
  simulation_options options;
  options.limits.window = 10s;
  CHECK_THROWS(simulated_api(options));
}
