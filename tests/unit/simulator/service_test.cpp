// The service without network: routes, keys, headers, books.
#include "runner/simulator/service.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/simulated_api.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

TEST_CASE("unknown paths and methods are refused in the API's words") {
  simulated_api api;
  auto answer = api.post("/v1/foo", "{}");
  CHECK(answer.status() == 404);
  CHECK(answer.error() == "Invalid URL (POST /v1/foo)");
  CHECK(answer.type() == "invalid_request_error");
  CHECK(answer.code() == "null");
  CHECK(answer.param() == "null");
  CHECK(api.post("/chat/completions", "{}").status() == 404);
  CHECK(api.get("/v1/models/").status() == 404);

  answer = api.get("/v1/chat/completions");
  CHECK(answer.status() == 405);
  CHECK(answer.error() == "Invalid method for URL (GET /v1/chat/completions)");
}

TEST_CASE("a query does not hide the path") {
  simulated_api api;
  CHECK(api.get("/v1/models?limit=3").status() == 200);
}

TEST_CASE("a request without a key is refused") {
  simulated_api api;
  for (const auto* authorization : {"", "Basic abc", "Bearer ", "sk-naked"}) {
    api.authorization = authorization;
    const auto answer = api.chat(chat_body("hi"));
    CHECK(answer.status() == 401);
    CHECK_THAT(answer.error(), ContainsSubstring("You didn't provide an API key."));
    CHECK(answer.code() == "null");
  }
}

TEST_CASE("only the given key is accepted, and a wrong one is never shown whole") {
  simulation_options options;
  options.key = "sk-test";
  simulated_api api(options);
  api.authorization = "Bearer sk-test";
  CHECK(api.chat(chat_body("hi")).status() == 200);
  api.authorization = "bearer sk-test";
  CHECK(api.chat(chat_body("hi")).status() == 200);

  api.authorization = "Bearer sk-wrong-secret-key";
  const auto answer = api.chat(chat_body("hi"));
  CHECK(answer.status() == 401);
  CHECK(answer.code() == "invalid_api_key");
  CHECK(answer.error() ==
        "Incorrect API key provided: sk-wrong*******-key. You can find your API key at "
        "https://platform.openai.com/account/api-keys.");
  CHECK(answer.header("content-type") == "application/json; charset=utf-8");

  for (const auto* key : {"a", "abc", "sk-tesT", "123456789012"}) {
    api.authorization = std::string("Bearer ") + key;
    CHECK_THAT(api.chat(chat_body("hi")).error(), !ContainsSubstring(std::string(key) + "."));
  }
}

TEST_CASE("the body must be JSON and say so") {
  simulated_api api;
  for (const auto* body : {"", "{", "[]", "\"text\"", "{\"a\":1,}", "{} x", "{\"a\":\"\xff\"}"}) {
    const auto answer = api.chat(body);
    CHECK(answer.status() == 400);
    CHECK_THAT(answer.error(), ContainsSubstring("We could not parse the JSON body"));
  }
  api.content_type = "text/plain";
  const auto answer = api.chat(chat_body("hi"));
  CHECK(answer.status() == 400);
  CHECK(answer.code() == "unsupported_content_type");
  CHECK_THAT(answer.error(), ContainsSubstring("'text/plain'"));
  api.content_type = "Application/JSON; charset=utf-8";
  CHECK(api.chat(chat_body("hi")).status() == 200);
}

TEST_CASE("every answer carries the API's headers") {
  simulated_api api;
  for (const auto& answer :
       {api.chat(chat_body("hi")), api.chat("{"), api.get("/v1/models"), api.get("/nowhere")}) {
    CHECK(answer.header("x-request-id").size() == 36);
    CHECK(answer.header("x-request-id").starts_with("req_"));
    CHECK(answer.header("openai-version") == "2020-10-01");
    CHECK(answer.header("openai-organization") == "org-simulated");
    CHECK(answer.header("openai-processing-ms") == "1");
    CHECK(answer.header("content-type").starts_with("application/json"));
  }
}

TEST_CASE("request ids differ for equal requests, and repeat with the run") {
  simulated_api api, again;
  const auto first = api.chat(chat_body("hi")), second = api.chat(chat_body("hi"));
  CHECK(first.header("x-request-id") != second.header("x-request-id"));
  CHECK(again.chat(chat_body("hi")).header("x-request-id") == first.header("x-request-id"));
}

TEST_CASE("the body of an answer follows from the request and the seed alone") {
  simulation_options other_seed;
  other_seed.seed = 7;
  simulated_api api, again, other(other_seed);
  api.get("/v1/models");
  const auto body = chat_body("Tell me something.");
  CHECK(api.chat(body).raw.body == again.chat(body).raw.body);
  CHECK(api.chat(body).raw.body != other.chat(body).raw.body);
  CHECK(api.chat(body).raw.body != api.chat(chat_body("Tell me more.")).raw.body);
}

TEST_CASE("models are listed and shown") {
  simulated_api api;
  const auto list = api.get("/v1/models");
  CHECK(list.text("/object") == "list");
  CHECK(list.at("/data").as_array().size() > 10);
  CHECK(list.text("/data/0/object") == "model");
  CHECK(api.get("/v1/models/gpt-4o-mini").text("/id") == "gpt-4o-mini");
  CHECK(api.get("/v1/models/acme/llama-3").text("/id") == "acme/llama-3");
  const auto unknown = api.get("/v1/models/ft:123");
  CHECK(unknown.status() == 404);
  CHECK(unknown.error() == "The model 'ft:123' does not exist");
  CHECK(unknown.param() == "model");
  CHECK(unknown.code() == "model_not_found");
}

TEST_CASE("answers take the latency that was asked for, refusals none") {
  simulation_options options;
  options.latency.median = 300ms;
  simulated_api api(options);
  const auto answer = api.chat(chat_body("hi"));
  CHECK(answer.raw.delay == 300ms);
  CHECK(answer.header("openai-processing-ms") == "300");
  CHECK(api.chat("{}").raw.delay == 0ms);
  CHECK(api.get("/v1/models").raw.delay == 0ms);
}

TEST_CASE("the books count what was executed") {
  simulated_api api;
  const auto answer = api.chat(chat_body("hi"));
  api.chat("{}");
  api.get("/v1/models");
  api.chat(chat_body("hi"), "drop");
  api.chat(chat_body("hi"), "500");
  api.chat(chat_body("hi"), "reset");
  const auto books = api.counters();
  CHECK(books.requests == 6);
  CHECK(books.executed == 2);
  CHECK(books.undelivered == 2);
  CHECK(books.by_status.at(400) == 1);
  CHECK(books.by_status.at(500) == 1);
  CHECK(books.prompt_tokens == 2 * answer.number("/usage/prompt_tokens"));
  CHECK(books.completion_tokens == 2 * answer.number("/usage/completion_tokens"));
}
