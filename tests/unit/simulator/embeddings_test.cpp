#include "runner/simulator/endpoints/embeddings.hpp"

#include <openssl/evp.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "batchmill/tokens.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/simulated_api.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

std::string body(std::string_view input, std::string_view more = {}) {
  std::string out = R"({"model":"text-embedding-3-small","input":)";
  out.append(input);
  if (!more.empty()) out.append(",").append(more);
  return out + "}";
}

api_answer embed(std::string_view input, std::string_view more = {}) {
  simulated_api api;
  return api.post("/v1/embeddings", body(input, more));
}

std::vector<float> floats(const api_answer& answer) {
  std::vector<float> values;
  for (const auto& value : answer.at("/data/0/embedding").as_array())
    values.push_back(value.to_number<float>());
  return values;
}

}  // namespace

TEST_CASE("embeddings have unit length and their model's size") {
  const auto answer = embed("\"hello\"");
  CHECK(answer.status() == 200);
  CHECK(answer.text("/data/0/object") == "embedding");
  CHECK(answer.number("/usage/total_tokens") == (find_token_encoding("cl100k_base") ? 1 : 2));
  const auto values = floats(answer);
  CHECK(values.size() == 1536);
  double squares = 0;
  for (const double value : values) squares += value * value;
  CHECK(std::abs(squares - 1) < 1e-5);
}

TEST_CASE("base64 holds the same numbers") {
  const auto text = embed("\"hello\"", R"("encoding_format":"base64")").text("/data/0/embedding");
  std::vector<unsigned char> bytes(text.size() / 4 * 3);
  REQUIRE(EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                          static_cast<int>(text.size())) == 6'144);
  std::vector<float> values(bytes.size() / 4);
  std::memcpy(values.data(), bytes.data(), bytes.size());
  CHECK(values == floats(embed("\"hello\"")));
}

TEST_CASE("equal inputs have equal vectors, alone or among others") {
  const auto list = embed(R"(["other","hello",[1,2,3]])");
  CHECK(list.at("/data").as_array().size() == 3);
  CHECK(list.number("/data/2/index") == 2);
  CHECK(list.at("/data/1/embedding") == embed("\"hello\"").at("/data/0/embedding"));
  CHECK(list.at("/data/0/embedding") != list.at("/data/1/embedding"));
  CHECK(list.at("/data/2/embedding") == embed("[1,2,3]").at("/data/0/embedding"));
}

TEST_CASE("dimensions shorten the vector") {
  const auto values = floats(embed("\"hello\"", R"("dimensions":8)"));
  const auto whole = floats(embed("\"hello\""));
  REQUIRE(values.size() == 8);
  CHECK(std::abs(values[0] / values[1] - whole[0] / whole[1]) < 1e-3);
}

TEST_CASE("prompts may be estimated instead of counted") {
  simulation_options options;
  options.exact_usage = false;
  simulated_api api(options);
  const auto tokens = [&](const char* endpoint, const char* body) {
    return api.post(endpoint, body).number("/usage/prompt_tokens");
  };
  CHECK(tokens("/v1/embeddings", R"({"model":"text-embedding-3-small","input":"hello"})") == 2);
  CHECK(tokens("/v1/completions", R"({"model":"davinci-002","prompt":"hello"})") == 2);
  CHECK(tokens("/v1/chat/completions",
               R"({"model":"gpt-4o","messages":[{"role":"user","content":"hello"}]})") == 9);
}

TEST_CASE("what the endpoint does not take is refused") {
  for (const auto* input :
       {"\"\"", "[]", "[\"a\",\"\"]", "5", "[[]]", "[\"a\",5]", "[1,-2]", "{}"}) {
    INFO(input);
    CHECK(embed(input).status() == 400);
  }
  CHECK(embed("null").code() == "missing_required_parameter");
  CHECK(embed("\"a\"", R"("dimensions":0)").code() == "integer_below_min_value");
  CHECK(embed("\"a\"", R"("dimensions":1537)").status() == 400);
  CHECK(embed("\"a\"", R"("encoding_format":"hex")").code() == "invalid_value");
  CHECK(embed("\"a\"", R"("metadata":{})").error() ==
        "Unrecognized request argument supplied: metadata");
  CHECK(embed('"' + text_of_tokens(8'193) + '"').status() == 400);
  simulated_api api;
  CHECK(api.post("/v1/embeddings", R"({"model":"gpt-4o","input":"a"})").status() == 403);
  CHECK(api.post("/v1/embeddings", R"({"model":"nonexistent","input":"a"})").error() ==
        "The model `nonexistent` does not exist or you do not have access to it.");
}

namespace {

double nearness(const std::string& a, const std::string& b) {
  const auto x = floats(embed("\"" + a + "\"")), y = floats(embed("\"" + b + "\""));
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += static_cast<double>(x[i]) * y[i];
  return sum;
}

}  // namespace

TEST_CASE("texts that share words are near, others are not") {
  const std::string refund = "please refund my broken bicycle";
  CHECK(nearness(refund, "I want a refund for the bicycle") > 0.35);
  CHECK(nearness(refund, "my bicycle broken please refund") > 0.9);
  CHECK(std::abs(nearness(refund, "sunny weather tomorrow morning")) < 0.15);
  CHECK(nearness("Hello, world", "hello world!") > 0.9);
  CHECK(embed("\"Hello\"").at("/data/0/embedding") != embed("\"hello\"").at("/data/0/embedding"));
  CHECK(embed("\"?\"").at("/data/0/embedding") != embed("\"!\"").at("/data/0/embedding"));
}

TEST_CASE("the API's limits on inputs and tokens hold") {
  const auto list = [](std::size_t count, const std::string& item) {
    std::string out = "[" + item;
    for (std::size_t i = 1; i < count; ++i) out += "," + item;
    return out + "]";
  };
  const auto small = R"("dimensions":2)";
  CHECK(embed(list(2'048, "\"a\""), small).at("/data").as_array().size() == 2'048);
  CHECK(embed(list(2'049, "\"a\""), small).status() == 400);

  const auto text = [](std::size_t tokens) { return '"' + text_of_tokens(tokens) + '"'; };
  CHECK(embed(text(8'192), small).number("/usage/prompt_tokens") == 8'192);
  CHECK(embed(text(8'193)).error() ==
        "This model's maximum context length is 8192 tokens, however you requested 8193 tokens "
        "(8193 in your prompt; 0 for the completion). Please reduce your prompt; or completion "
        "length.");

  CHECK(embed(list(100, text(3'000)), small).number("/usage/total_tokens") == 300'000);
  const auto answer = embed(list(100, text(3'000)).replace(1, 0, "\"a\","), small);
  CHECK(answer.error() == "Requested 300001 tokens, max 300000 tokens per request");
  CHECK(answer.type() == "max_tokens_per_request");
  CHECK(answer.code() == "max_tokens_per_request");
}
