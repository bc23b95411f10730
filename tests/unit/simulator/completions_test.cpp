#include "runner/simulator/endpoints/completions.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/simulated_api.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

api_answer complete(std::string_view prompt, std::string_view more = {}) {
  simulated_api api;
  std::string body = R"({"model":"gpt-3.5-turbo-instruct","prompt":)" + std::string(prompt);
  if (!more.empty()) body.append(",").append(more);
  return api.post("/v1/completions", body + "}");
}

std::size_t choices(const api_answer& answer) {
  return answer.at("/choices").as_array().size();
}

}  // namespace

TEST_CASE("a completion looks like the API's") {
  const auto answer = complete("\"Once upon a time\"");
  REQUIRE(answer.status() == 200);
  CHECK(answer.text("/object") == "text_completion");
  CHECK(answer.text("/id").starts_with("cmpl-"));
  CHECK(answer.text("/model") == "gpt-3.5-turbo-instruct");
  CHECK(choices(answer) == 1);
  CHECK(answer.number("/choices/0/index") == 0);
  CHECK(answer.at("/choices/0/logprobs").is_null());
  CHECK(answer.number("/usage/prompt_tokens") == 4);
  CHECK(answer.number("/usage/total_tokens") == 4 + answer.number("/usage/completion_tokens"));
}

TEST_CASE("choices go prompt by prompt") {
  const auto answer = complete(R"(["one","two"])", R"("n":2,"echo":true)");
  REQUIRE(choices(answer) == 4);
  for (int i = 0; i < 4; ++i) {
    const auto choice = "/choices/" + std::to_string(i);
    CHECK(answer.number(choice + "/index") == i);
    CHECK(answer.text(choice + "/text").starts_with(i < 2 ? "one" : "two"));
  }
  CHECK(answer.text("/choices/0/text") != answer.text("/choices/1/text"));
}

TEST_CASE("a prompt is answered in company as it is alone") {
  const auto both = complete(R"(["one","two"])");
  CHECK(both.text("/choices/0/text") == complete("\"one\"").text("/choices/0/text"));
  CHECK(both.text("/choices/1/text") == complete("\"two\"").text("/choices/0/text"));
  CHECK(both.text("/choices/0/text") != both.text("/choices/1/text"));
}

TEST_CASE("sixteen tokens are the default, as many as wanted the bound") {
  CHECK(complete("\"a\"", R"("max_tokens":5)").text("/choices/0/finish_reason") == "length");
  CHECK(complete("\"a\"", R"("max_tokens":5)").number("/usage/completion_tokens") == 5);
  CHECK(complete("\"a\"").number("/usage/completion_tokens") <= 16);
  CHECK(complete("\"a\"", R"("max_tokens":100)").text("/choices/0/finish_reason") == "stop");
  const auto none = complete("\"a\"", R"("max_tokens":0,"echo":true)");
  CHECK(none.text("/choices/0/text") == "a");
  CHECK(none.number("/usage/completion_tokens") == 0);
}

TEST_CASE("prompts may be tokens") {
  CHECK(complete("[1,2,3]").number("/usage/prompt_tokens") == 3);
  const auto answer = complete("[[1,2],[3]]");
  CHECK(choices(answer) == 2);
  CHECK(answer.number("/usage/prompt_tokens") == 3);
}

TEST_CASE("without a prompt the model begins a document") {
  simulated_api api;
  const auto answer = api.post("/v1/completions", R"({"model":"davinci-002"})");
  CHECK(answer.status() == 200);
  CHECK(answer.number("/usage/prompt_tokens") == 1);
}

TEST_CASE("log probabilities are parallel arrays") {
  const auto answer = complete("\"ab\"", R"("logprobs":2,"max_tokens":3)");
  const std::string at = "/choices/0/logprobs/";
  const auto size = answer.at(at + "tokens").as_array().size();
  CHECK(size == 3);
  for (const auto* name : {"token_logprobs", "top_logprobs", "text_offset"})
    CHECK(answer.at(at + name).as_array().size() == size);
  CHECK(answer.at(at + "top_logprobs/0").as_object().size() == 2);
  CHECK(answer.number(at + "text_offset/0") == 2);
  CHECK(answer.at(at + "token_logprobs/0").as_double() < 0);

  const auto echo = complete("\"ab\"", R"("logprobs":0,"max_tokens":3,"echo":true)");
  CHECK(echo.at(at + "token_logprobs/0").is_null());
  CHECK(echo.at(at + "top_logprobs").is_null());
  CHECK(echo.number(at + "text_offset/0") == 0);
}

TEST_CASE("what best_of makes beyond n is paid for") {
  const auto one = complete("\"a\"", R"("max_tokens":4)");
  const auto best = complete("\"a\"", R"("max_tokens":4,"best_of":3)");
  CHECK(choices(best) == 1);
  CHECK(best.number("/usage/completion_tokens") == 3 * one.number("/usage/completion_tokens"));
}

TEST_CASE("what a completion does not take is refused") {
  CHECK(complete("5").code() == "invalid_type");
  CHECK(complete("[]").code() == "empty_array");
  CHECK(complete("[[]]").param() == "prompt[0]");
  CHECK(complete("[\"a\",5]").param() == "prompt[1]");
  CHECK(complete("[1,\"a\"]").param() == "prompt[1]");
  CHECK(complete("[12345,123456]").error() ==
        "Invalid token in prompt: 123456. Minimum value is 0, maximum value is 100257 "
        "(inclusive).");
  CHECK(complete("\"a\"", R"("logprobs":6)").code() == "integer_above_max_value");
  CHECK(complete("\"a\"", R"("n":0)").code() == "integer_below_min_value");
  CHECK(complete("\"a\"", R"("n":3,"best_of":2)").param() == "best_of");
  CHECK(complete("\"a\"", R"("messages":[])").error() ==
        "Unrecognized request argument supplied: messages");
  CHECK(complete("\"a\"", R"("stop":["1","2","3","4","5"])").param() == "stop");
  CHECK(complete("\"a\"", R"("max_tokens":4097)").error() ==
        "This model's maximum context length is 4097 tokens, however you requested 4098 tokens (1 "
        "in your prompt; 4097 for the completion). Please reduce your prompt; or completion "
        "length.");
  CHECK(complete("\"a\"", R"("max_tokens":1e300)").status() == 400);
  simulated_api api;
  CHECK(api.post("/v1/completions", R"({"prompt":"a"})").error() ==
        "you must provide a model parameter");
  auto answer = api.post("/v1/completions", R"({"model":"gpt-4o","prompt":"a"})");
  CHECK(answer.status() == 404);
  CHECK(answer.error() ==
        "This is a chat model and not supported in the v1/completions endpoint. Did you mean to "
        "use v1/chat/completions?");
  CHECK(api.post("/v1/completions", R"({"model":"whisper-1","prompt":"a"})").status() == 404);
  CHECK(api.post("/v1/completions", R"({"model":"org/base-7b","prompt":"a"})").status() == 200);
}
