#include "batchmill/api_error.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

answer_kind kind_of(int status, const std::string& body) {
  return classify(status, read_api_error(body));
}

std::string with_code(const std::string& code, const std::string& type = "x") {
  return R"({"error":{"message":"m","type":")" + type + R"(","param":null,"code":")" + code +
         R"("}})";
}

std::string limited(const std::string& message) {
  return R"({"error":{"message":")" + message +
         R"(","type":"tokens","param":null,"code":"rate_limit_exceeded"}})";
}

std::optional<duration> wait_in(const std::string& message) {
  return read_api_error(limited(message)).wait;
}

}  // namespace

TEST_CASE("the API's own error bodies are read") {
  const auto e = read_api_error(
      R"({"error":{"message":"Unknown parameter: 'quality'.","type":"invalid_request_error",)"
      R"("param":"quality","code":"unknown_parameter"}})");
  CHECK(e.message == "Unknown parameter: 'quality'.");
  CHECK(e.type == "invalid_request_error");
  CHECK(e.param == "quality");
  CHECK(e.code == "unknown_parameter");
  CHECK(e.name() == "unknown_parameter");
  CHECK_FALSE(e.wait);
}

TEST_CASE("a failure without a code is named by its type") {
  const auto e = read_api_error(
      R"({"error":{"code":null,"message":"Web search options not supported with this model.",)"
      R"("param":"web_search_options","type":"invalid_request_error"}})");
  CHECK(e.code.empty());
  CHECK(e.name() == "invalid_request_error");
}

TEST_CASE("other shapes of error bodies are read as far as they go") {
  SECTION("error as a bare string") {
    const auto e = read_api_error(R"({"error":"model 'x' not found, \"try\" pulling it"})");
    CHECK(e.message == "model 'x' not found, \"try\" pulling it");
    CHECK(e.name() == "http_error");
  }
  SECTION("members at the top level, numeric code") {
    const auto e = read_api_error(
        R"({"object":"error","message":"too long","type":"BadRequestError","param":null,)"
        R"("code":400})");
    CHECK(e.message == "too long");
    CHECK(e.code == "400");
    CHECK(e.name() == "BadRequestError");
  }
  SECTION("numeric code alone") {
    CHECK(read_api_error(R"({"error":{"code":1234,"message":"m"}})").name() == "1234");
  }
  SECTION("detail, as a text or a list") {
    CHECK(read_api_error(R"({"detail":"Not Found"})").message == "Not Found");
    CHECK(read_api_error(R"({"detail":[{"msg":"field required"}]})").message ==
          R"({"detail":[{"msg":"field required"}]})");
  }
  SECTION("no message at all") {
    CHECK(read_api_error(R"({"error":{"code":"c"}})").message == R"({"error":{"code":"c"}})");
    CHECK(read_api_error("{}").message == "{}");
    CHECK(read_api_error("null").message == "null");
    CHECK(read_api_error("[1]").message == "[1]");
    CHECK(read_api_error("\"busy\"").message == "busy");
    CHECK(read_api_error(R"({"error":null,"message":"m"})").message == "m");
    CHECK(read_api_error(R"({"error":{"message":17,"type":[],"code":{}}})").message == "17");
  }
}

TEST_CASE("text that is no JSON is shortened to a message") {
  CHECK(read_error_text("<html>502 Bad Gateway</html>").message == "<html>502 Bad Gateway</html>");
  CHECK(read_error_text("").message == "the answer is empty");
  CHECK(read_error_text(std::string(1000, 'x')).message == std::string(300, 'x') + "...");
  std::string umlauts = "x";
  for (int i = 0; i < 300; ++i) umlauts += "\xC3\xA4";
  CHECK(read_error_text(umlauts).message == umlauts.substr(0, 299) + "...");
}

TEST_CASE("the wait that a message names is read") {
  CHECK(
      wait_in("Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit "
              "30000, Used 29000, Requested 2000. Please try again in 2s. Visit https://x") == 2s);
  CHECK(wait_in("Please try again in 174ms.") == 174ms);
  CHECK(wait_in("Please try again in 1.574s. Visit") == 1574ms);
  CHECK(wait_in("Please try again in 6m0s.") == 6min);
  CHECK(wait_in("Please try again in 20 seconds.") == 20s);
  CHECK(wait_in("Please retry after 26 seconds.") == 26s);
  CHECK_FALSE(wait_in("Please try again in a while."));
  CHECK_FALSE(wait_in("Please try again in "));
  CHECK_FALSE(wait_in("Please try again later."));
}

TEST_CASE("429 by code, then type, then message") {
  CHECK(kind_of(429, limited("Rate limit reached for x")) == answer_kind::rate_limited);
  CHECK(kind_of(429, limited("Request too large for gpt-4o in organization org-x on tokens per min "
                             "(TPM): Limit 30000, Requested 40000.")) == answer_kind::row_failed);
  CHECK(kind_of(429, with_code("slow_down", "rate_limit_error")) == answer_kind::overloaded);
  CHECK(kind_of(429, R"({"error":{"message":"Resource unavailable"}})") == answer_kind::overloaded);
  CHECK(kind_of(429, "{}") == answer_kind::rate_limited);
  CHECK(kind_of(429, R"({"error":"busy"})") == answer_kind::rate_limited);
}

TEST_CASE("money, keys and regions stop the run") {
  for (const char* code :
       {"insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded", "organization_usage_limit_exceeded",
        "billing_hard_limit_reached", "billing_not_active", "access_terminated"}) {
    INFO(code);
    CHECK(kind_of(429, with_code(code)) == answer_kind::run_stopped);
    CHECK(kind_of(403, with_code(code)) == answer_kind::run_stopped);
  }
  CHECK(kind_of(429, R"({"error":{"code":null,"type":"insufficient_quota","message":"m"}})") ==
        answer_kind::run_stopped);
  CHECK(kind_of(429, R"({"error":{"message":"You exceeded your current quota, please check"}})") ==
        answer_kind::run_stopped);
  CHECK(kind_of(401, with_code("invalid_api_key", "invalid_request_error")) ==
        answer_kind::run_stopped);
  CHECK(kind_of(401, R"({"error":{"message":"You didn't provide an API key.","code":null}})") ==
        answer_kind::run_stopped);
  CHECK(kind_of(402, R"({"error":{"message":"Insufficient Balance"}})") ==
        answer_kind::run_stopped);
  CHECK(kind_of(403, with_code("unsupported_country_region_territory", "request_forbidden")) ==
        answer_kind::run_stopped);
}

TEST_CASE("the other statuses") {
  for (const int status : {400, 403, 404, 405, 413, 415, 422, 301, 307}) {
    INFO(status);
    CHECK(kind_of(status, with_code("whatever")) == answer_kind::row_failed);
  }
  for (const int status : {408, 409, 500, 502, 504, 520, 599}) {
    INFO(status);
    CHECK(kind_of(status, with_code("whatever")) == answer_kind::transient);
  }
  for (const int status : {503, 529}) {
    INFO(status);
    CHECK(kind_of(status, "{}") == answer_kind::overloaded);
  }
  CHECK(kind_of(500, with_code("server_is_overloaded")) == answer_kind::overloaded);
}

TEST_CASE("an error inside of a 2xx answer has the status that it implies") {
  CHECK(kind_of(200, R"({"error":{"code":502,"message":"Provider returned error"}})") ==
        answer_kind::transient);
  CHECK(kind_of(200, R"({"error":{"code":429,"message":"m"}})") == answer_kind::rate_limited);
  CHECK(kind_of(200, R"({"error":{"code":400,"message":"m"}})") == answer_kind::row_failed);
  CHECK(kind_of(200, R"({"error":{"code":"rate_limit_exceeded","message":"m"}})") ==
        answer_kind::rate_limited);
  CHECK(kind_of(200, R"({"error":{"code":"server_error","message":"m"}})") ==
        answer_kind::transient);
  CHECK(kind_of(200, R"({"error":{"code":"invalid_prompt","message":"m"}})") ==
        answer_kind::row_failed);
  CHECK(kind_of(200, with_code("c", "invalid_request_error")) == answer_kind::row_failed);
  CHECK(kind_of(200, R"({"error":"oops"})") == answer_kind::transient);
  CHECK(kind_of(200, with_code("insufficient_quota")) == answer_kind::run_stopped);
}

TEST_CASE("recorded error bodies mean what their table says") {
  CHECK(
      kind_of(
          400,
          R"({"error":{"message":"Your input exceeds the context window of this model. Please adjust your input and try again.","type":"invalid_request_error","param":"input","code":"context_length_exceeded"}})") ==
      answer_kind::row_failed);
  CHECK(
      kind_of(
          400,
          R"({"error":{"code":"unsupported_value","message":"Unsupported value: 'messages[0].role' does not support 'system' with this model.","param":"messages[0].role","type":"invalid_request_error"}})") ==
      answer_kind::row_failed);
  CHECK(
      kind_of(
          401,
          R"({"error":{"message":"Incorrect API key provided: sk-wrong****-key. You can find your API key at https://platform.openai.com/account/api-keys.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}})") ==
      answer_kind::run_stopped);
  CHECK(
      kind_of(
          400,
          R"({"error":{"code":"decimal_below_min_value","message":"Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.","param":"temperature","type":"invalid_request_error"}})") ==
      answer_kind::row_failed);
  CHECK(
      kind_of(
          500,
          R"({"error":{"message":"The server had an error processing your request. Sorry about that! You can retry your request, or contact us.","type":"server_error","param":null,"code":null}})") ==
      answer_kind::transient);
  CHECK(
      kind_of(
          400,
          R"({"error":{"message":"Error while downloading https://source.unsplash.com/8xznAGy4HcY/800x400.","type":"invalid_request_error","param":null,"code":"invalid_image_url"}})") ==
      answer_kind::row_failed);
  CHECK(
      kind_of(
          404,
          R"({"error":{"message":"No run step found with id 'step_123'.","type":"invalid_request_error","param":null,"code":null}})") ==
      answer_kind::row_failed);
}

TEST_CASE("an unknown model is told apart from other 404s and 400s") {
  CHECK(is_unknown_model(read_api_error(
      R"({"error":{"code":"model_not_found","message":"The model `gpt-5.2-proo` does not exist or you do not have access to it.","param":null,"type":"invalid_request_error"}})")));
  CHECK_FALSE(is_unknown_model(read_api_error(
      R"({"error":{"code":"fine_tune_not_found","message":"Could not find fine tune: 123"}})")));
}
