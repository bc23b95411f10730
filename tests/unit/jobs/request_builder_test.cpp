#include "jobs/request_builder.hpp"

#include "batchmill/tokens.hpp"
#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using jobs::endpoint_traits;
using jobs::request_builder;

namespace {

constexpr endpoint_traits chat_like{.needs_model = true, .output_guess = 512};

prepared_request prepared(const job_spec& spec, row_format format, const std::string& text,
                          endpoint_traits traits = chat_like) {
  const auto result = request_builder(spec, format, traits).prepare(line_17(text));
  REQUIRE(result.has_value());
  return *result;
}

std::string failure(const job_spec& spec, row_format format, const std::string& text,
                    endpoint_traits traits = chat_like) {
  const auto result = request_builder(spec, format, traits).prepare(line_17(text));
  REQUIRE(result.has_error());
  return result.error().custom_id + " " + result.error().code + ": " + result.error().message;
}

}  // namespace

TEST_CASE("a row becomes a request with its model, its parameters and its estimates") {
  job_spec spec = spec_with(R"({"messages":[{"role":"user","content":"{{ text }}"}]})");
  spec.parameters.text = R"({"max_completion_tokens":5,"n":2})";
  const auto p = prepared(spec, row_format::rows, R"( { "text" : "a  b" } )");
  CHECK(p.custom_id == "\"16\"");
  CHECK(p.model == "gpt-4o-mini");
  CHECK(p.max_output_tokens == 10);
  CHECK(p.request.method == "POST");
  CHECK(p.request.target == "/v1/chat/completions");
  CHECK(p.request.content_type.empty());
  CHECK(p.request.body == R"({"messages":[{"role":"user","content":"a  b"}],"model":"gpt-4o-mini",)"
                          R"("max_completion_tokens":5,"n":2})");
  // 3 for the message, 1 for its role, 3 for its text, 3 for the reply; or a guess without tables.
  const auto guess = static_cast<std::int64_t>((p.request.body.size() + 3) / 4);
  CHECK(p.prompt_tokens == (find_token_encoding("o200k_base") ? 10 : guess));
}

TEST_CASE("tokens of short prompts may be estimated, those of long ones may not") {
  const auto rough = [](const std::string& text) {
    const request_builder builder(spec_with(), row_format::bodies, chat_like);
    const row r = line_17(R"({"messages":[{"role":"user","content":")" + text + "\"}]}");
    return std::pair(builder.prepare(r, jobs::token_care::rough)->prompt_tokens,
                     builder.prepare(r)->prompt_tokens);
  };
  const auto [guessed, counted] = rough("a  b");
  CHECK(guessed > 10);
  CHECK(counted <= guessed);
  const auto [of_long, exact] = rough(std::string(5000, ' '));
  CHECK(of_long == exact);
}

TEST_CASE("without a bound the output is guessed; nonsense does not overflow") {
  const auto output = [](const std::string& body) {
    job_spec spec = spec_with();
    spec.model = "house-model";  // of whose limits nothing is known
    return prepared(spec, row_format::bodies, body).max_output_tokens;
  };
  CHECK(output("{}") == 512);
  CHECK(output(R"({"n":4})") == 2048);
  CHECK(output(R"({"max_tokens":-5})") == 0);
  CHECK(output(R"({"max_tokens":9223372036854775807,"n":9223372036854775807})") == 128'000'000'000);
}

TEST_CASE("an output that the model cannot give fails locally") {
  CHECK(failure(spec_with(), row_format::bodies, R"({"custom_id":"a","max_tokens":16385})") ==
        "\"a\" context_length_exceeded: tickets.jsonl:17: the body asks for up to 16385 output "
        "tokens, but gpt-4o-mini gives at most 16384; ask for less, or correct the model in a file "
        "that `models` names");
  CHECK(prepared(spec_with(), row_format::bodies, R"({"max_tokens":16384})").output_bounded);
  CHECK_FALSE(prepared(spec_with(), row_format::bodies, "{}").output_bounded);
}

TEST_CASE("a prompt that the model cannot take fails locally") {
  if (!find_token_encoding("o200k_base")) return;
  job_spec spec = spec_with();
  spec.models.json = R"({"models":{"gpt-4o-mini":{"context":5}}})";
  const auto told = [&](const std::string& more) {
    return failure(spec, row_format::bodies,
                   R"({"messages":[{"role":"user","content":"one two"}])" + more + "}");
  };
  CHECK(told("").find("the prompt has 9 tokens, more than the 5 that gpt-4o-mini takes; shorten") !=
        std::string::npos);
  CHECK(told(R"(,"max_tokens":2)").find("9 tokens, and with up to 2 of output that is more than") !=
        std::string::npos);
}

TEST_CASE("a file of models corrects what the output may be") {
  job_spec spec = spec_with();
  spec.models.json = R"({"models":{"gpt-4o-mini":{"max_output":100000}}})";
  CHECK(prepared(spec, row_format::bodies, R"({"max_tokens":16385})").max_output_tokens == 16385);
}

TEST_CASE("with a budget the prompt is bounded from above, by its bytes or only by the context") {
  job_spec spec = spec_with();
  CHECK(prepared(spec, row_format::bodies, "{}").most_prompt_tokens == 0);
  spec.limits.budget = money::dollars(1);
  const auto most = [&](const std::string& body) {
    return prepared(spec, row_format::bodies, body).most_prompt_tokens;
  };
  CHECK(most("{}") >=
        static_cast<std::int64_t>(std::string_view(R"({"model":"gpt-4o-mini"})").size()));
  CHECK(most(R"({"messages":[{"role":"user","content":"aaaaaaaaaa"}]})") < 200);
  CHECK(
      most(
          R"({"messages":[{"content":[{"type":"image_url","image_url":{"url":"https://a/b"}}]}]})") ==
      INT64_MAX);
  CHECK(most(R"({"input":"a","previous_response_id":"resp_1"})") == INT64_MAX);
}

TEST_CASE("prompts of text to a known model are counted exactly, whatever the endpoint") {
  if (!find_token_encoding("o200k_base")) return;
  const auto exact = [](const char* endpoint, const std::string& body) {
    job_spec spec;
    spec.endpoint = endpoint;
    return prepared(spec, row_format::bodies, body).prompt_exact;
  };
  const char* const chat = "/v1/chat/completions";
  const auto says = [](const char* model, const char* more) {
    return std::string(R"({"model":")") + model +
           R"(","messages":[{"role":"user","content":"Say \"tools\"."}])" + more + "}";
  };
  CHECK(exact(chat, says("gpt-4o-mini", "")));
  CHECK(exact(chat, R"({"model":"gpt-4o","messages":[{"role":"user","content":"a \"file"}]})"));
  CHECK(exact(chat, says("ft:gpt-4o-mini-2024-07-18:us::1", "")));
  CHECK_FALSE(exact(chat, says("house/model", "")));
  CHECK_FALSE(exact(chat, says("gpt-4o-search-preview", "")));
  CHECK_FALSE(exact(chat, says("gpt-4o", R"(,"tools":[])")));
  CHECK(exact("/v1/responses", R"({"model":"gpt-5-nano","input":"a","reasoning":{}})"));
  CHECK_FALSE(exact("/v1/responses", R"({"model":"gpt-4o","input":"a"})"));
  CHECK_FALSE(exact("/v1/responses", R"({"model":"o3","input":"a","previous_response_id":"r"})"));
  CHECK(exact("/v1/completions", R"({"model":"davinci-002","prompt":["a",[1,2]]})"));
  CHECK_FALSE(exact("/v1/completions", R"({"model":"davinci-002","prompt":"a","suffix":"b"})"));
  CHECK(exact("/v1/embeddings", R"({"model":"text-embedding-3-small","input":"a"})"));
}

TEST_CASE("a completion's prompt must fit, each of a list by itself") {
  if (!find_token_encoding("cl100k_base")) return;
  job_spec spec;
  spec.endpoint = "/v1/completions";
  std::string text = "word";
  for (int i = 1; i < 4000; ++i) text += " word";
  const auto body = [&](const std::string& prompt) {
    return R"({"model":"gpt-3.5-turbo-instruct","max_tokens":200,"prompt":)" + prompt + "}";
  };
  CHECK_THAT(failure(spec, row_format::bodies, body('"' + text + '"')),
             ContainsSubstring("the prompt has 4000 tokens"));
  const std::string half = '"' + text.substr(0, text.size() / 2) + '"';
  CHECK(prepared(spec, row_format::bodies, body("[" + half + "," + half + "]")).prompt_exact);
}

TEST_CASE("service tiers and tools change the price") {
  const auto factor = [](const std::string& body) {
    return prepared(spec_with(), row_format::bodies, body).price_factor;
  };
  CHECK(factor("{}") == 1);
  CHECK(factor(R"({"service_tier":"auto"})") == 1);
  CHECK(factor(R"({"service_tier":"flex"})") == 0.5F);
  CHECK(factor(R"({"service_tier":"priority"})") == 2);
  CHECK(factor(R"({"service_tier":"someday"})") == 0);
  CHECK(factor(R"({"tools":[{"type":"function","function":{"name":"f"}}]})") == 1);
  CHECK(factor(R"({"tools":[{"type":"web_search_preview"}]})") == 0);
}

TEST_CASE("a row that is no JSON says where") {
  CHECK(failure(spec_with(), row_format::bodies, R"({"a": "b" "c": 1})") ==
        "\"16\" invalid_row: tickets.jsonl:17:11: expected ',' or '}'");
  CHECK(failure(spec_with(), row_format::bodies, "") ==
        "\"16\" invalid_row: tickets.jsonl:17:1: expected a value, found the end");
  CHECK(failure(spec_with(), row_format::bodies, "{\"a\": \"\xFF\"}") ==
        "\"16\" invalid_row: tickets.jsonl:17:8: not valid UTF-8");
}

TEST_CASE("a row that is no object says where") {
  for (const char* text : {"  [1]", "  7", "  \"x\"", "  null"}) {
    CHECK(failure(spec_with(), row_format::bodies, text) ==
          "\"16\" invalid_row: tickets.jsonl:17:3: a row must be a JSON object");
  }
}

TEST_CASE("a body without a model fails where the endpoint needs one") {
  job_spec spec = spec_with();
  spec.model.clear();
  CHECK(
      failure(spec, row_format::bodies, R"({"custom_id":"a"})") ==
      "\"a\" missing_field: tickets.jsonl:17: the body has no `model`; set `model` in triage.yaml "
      "or in the row");
  CHECK(prepared(spec, row_format::bodies, "{}", endpoint_traits()).model.empty());
}

TEST_CASE("a body that asks for a stream fails") {
  CHECK_THAT(failure(spec_with(), row_format::bodies, R"({"stream":true})"),
             ContainsSubstring("asks for a stream"));
  CHECK_THAT(failure(spec_with(), row_format::bodies, R"({"stream_format":"sse"})"),
             ContainsSubstring("asks for a stream"));
}

TEST_CASE("rows of any nesting that JSON text allows pass through unchanged") {
  const std::string deep = std::string(500, '[') + std::string(500, ']');
  const std::string body = R"({"model":"m","a":)" + deep + R"(,"b":1e400,"b":-0.31725305})";
  CHECK(prepared(spec_with(), row_format::bodies, body).request.body == body);
}

TEST_CASE("requests at temperature 0 are answered alike") {
  const auto alike = [](const std::string& body) {
    const job_spec spec = spec_with();
    const jobs::request_builder builder(spec, row_format::bodies, jobs::endpoint_traits());
    const auto prepared = builder.prepare(line_17(body));
    REQUIRE(prepared.has_value());
    return prepared->answered_alike;
  };
  CHECK(alike(R"({"temperature":0})"));
  CHECK(alike(R"({"temperature":0.0})"));
  CHECK(alike(R"({"temperature":0e5})"));
  CHECK_FALSE(alike(R"({"temperature":0.01})"));
  CHECK_FALSE(alike(R"({"temperature":1})"));
  CHECK_FALSE(alike(R"({"temperature":null})"));
  CHECK_FALSE(alike(R"({"temperature":"0"})"));
  CHECK_FALSE(alike("{}"));
  job_spec embeddings = spec_with();
  embeddings.endpoint = "/v1/embeddings";
  CHECK(make_job(embeddings, row_format::bodies)->prepare(line_17("{}"))->answered_alike);
}

TEST_CASE("with GET the body goes into the query") {
  job_spec spec = spec_with();
  spec.model.clear();
  spec.method = request_method::get;
  spec.endpoint = "/v1/things?a=1";
  const auto p = prepared(spec, row_format::bodies, R"({"custom_id":"x","limit":5})", {});
  CHECK(p.request.method == "GET");
  CHECK(p.request.target == "/v1/things?a=1&limit=5");
  CHECK(p.request.body.empty());
  CHECK(prepared(spec, row_format::bodies, "{}", {}).request.target == "/v1/things?a=1");
}

TEST_CASE("on Azure the model is the deployment, and each row needs one") {
  job_spec spec = spec_with();
  spec.api.flavor = api_flavor::azure;
  spec.api.base_url = "https://r.openai.azure.com";
  spec.endpoint = "/v1/audio/speech";
  CHECK(prepared(spec, row_format::bodies, R"({"model":"m/1"})", {}).request.target ==
        "/openai/deployments/m%2F1/audio/speech?api-version=2024-10-21");
  spec.model.clear();
  CHECK_THAT(failure(spec, row_format::bodies, "{}", {}), ContainsSubstring("no `model`"));
}
