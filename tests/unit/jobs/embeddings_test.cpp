#include "jobs/embeddings.hpp"

#include <cmath>
#include <cstring>

#include "batchmill/json_text.hpp"
#include "batchmill/tokens.hpp"
#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

// 1 and -0.5 as float32, and 0.25 and 0.75.
constexpr const char* one_and_minus_half = "AACAPwAAAL8=";
constexpr const char* quarters = "AACAPgAAQD8=";

job_spec embedding_spec() {
  job_spec spec = spec_with();
  spec.endpoint = "/v1/embeddings";
  spec.model = "m";
  return spec;
}

prepared_request prepared(const job_spec& spec, const std::string& body) {
  auto made = jobs::make_embeddings(spec, row_format::bodies)->prepare(line_17(body));
  REQUIRE(made.has_value());
  return std::move(*made);
}

std::string inputs_of(const prepared_request& p) {
  return p.request.body.substr(p.inputs.at, p.inputs.length);
}

std::string item(int index, const std::string& embedding) {
  return R"({"object":"embedding","index":)" + std::to_string(index) + R"(,"embedding":)" +
         embedding + "}";
}

std::string answer(const std::string& items, int tokens) {
  const std::string n = std::to_string(tokens);
  return R"({"object":"list","data":[)" + items + R"(],"model":"m","usage":{"prompt_tokens":)" + n +
         R"(,"total_tokens":)" + n + "}}";
}

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

struct packed {
  reading whole;
  std::vector<reading> each;
};

packed read_packed(const job_spec& spec, const std::vector<std::string>& rows,
                   const std::string& body, int status = 200) {
  const auto job = jobs::make_embeddings(spec, row_format::bodies);
  std::vector<prepared_request> made;
  for (const std::string& row : rows) made.push_back(*job->prepare(line_17(row)));
  std::vector<const prepared_request*> asked;
  for (const prepared_request& p : made) asked.push_back(&p);
  packed result;
  result.whole = job->read_packed(http_response(status, "", body), asked, result.each);
  return result;
}

}  // namespace

TEST_CASE("every kind of input stands in an array, with its slice, and asks for base64") {
  const job_spec spec = embedding_spec();
  auto p = prepared(spec, R"({"input": "a \"b\""})");
  CHECK(p.request.body == R"({"input":["a \"b\""],"model":"m","encoding_format":"base64"})");
  CHECK(inputs_of(p) == R"("a \"b\"")");
  CHECK(p.inputs.count == 1);
  p = prepared(spec, R"({"input":[1,2],"encoding_format":"float"})");
  CHECK(p.request.body == R"({"input":[[1,2]],"encoding_format":"float","model":"m"})");
  CHECK(inputs_of(p) == "[1,2]");
  p = prepared(spec, R"({"input":["a","b"]})");
  CHECK(inputs_of(p) == R"("a","b")");
  CHECK(p.inputs.count == 2);
  for (const char* odd : {R"({"input":[]})", R"({"input":5})", R"({"input":"a","input":"b"})"}) {
    CHECK(prepared(spec, odd).inputs.count == 0);
  }
}

TEST_CASE("the count of texts to a known model is certain") {
  const bool has_tables = find_token_encoding("cl100k_base") != nullptr;
  job_spec spec = embedding_spec();
  CHECK_FALSE(prepared(spec, R"({"input":"a"})").prompt_exact);
  spec.model = "text-embedding-3-small";
  CHECK(prepared(spec, R"({"input":"a"})").prompt_exact == has_tables);
}

TEST_CASE("dimensions go into the body, once") {
  job_spec spec = embedding_spec();
  spec.dimensions = 2;
  CHECK(prepared(spec, R"({"input":"a"})").request.body ==
        R"({"input":["a"],"model":"m","dimensions":2,"encoding_format":"base64"})");
  spec.parameters.text = R"({"dimensions":3})";
  CHECK_THAT(usage_error_of([&] { jobs::make_embeddings(spec, row_format::bodies); }),
             ContainsSubstring("remove one of them"));
}

TEST_CASE("each row of a pack gets its vector by index, as numbers, and its share of the usage") {
  const std::string items = item(1, quoted(quarters)) + ',' + item(0, quoted(one_and_minus_half));
  const auto all =
      read_packed(embedding_spec(), {R"({"input":"a"})", R"({"input":"b"})"}, answer(items, 7));
  REQUIRE(all.each.size() == 2);
  CHECK(all.whole.tokens.total == 7);
  CHECK(all.each[0].body ==
        R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[1,-0.5]}],)"
        R"("model":"m","usage":{"prompt_tokens":3,"total_tokens":3}})");
  CHECK(all.each[1].body ==
        R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.25,0.75]}],)"
        R"("model":"m","usage":{"prompt_tokens":4,"total_tokens":4}})");
  CHECK(all.each[0].tokens.prompt + all.each[1].tokens.prompt == 7);
}

TEST_CASE("a row with several inputs gets all its vectors, numbered anew") {
  const std::string items = item(0, "[9]") + ',' + item(1, "[1]") + ',' + item(2, "[2]");
  const auto all = read_packed(embedding_spec(), {R"({"input":"a"})", R"({"input":["b","c"]})"},
                               answer(items, 3));
  REQUIRE(all.each.size() == 2);
  CHECK_THAT(all.each[1].body, ContainsSubstring(item(0, "[1]") + ',' + item(1, "[2]")));
}

TEST_CASE("numbers that the server wrote keep their spelling, base64 that a row asked for stays") {
  const job_spec spec = embedding_spec();
  auto all = read_packed(spec, {R"({"input":"a","encoding_format":"float"})"},
                         answer(item(0, "[0.10,-1e-3]"), 1));
  CHECK_THAT(all.each[0].body, ContainsSubstring("[0.10,-1e-3]"));
  all = read_packed(spec, {R"({"input":"a","encoding_format":"base64"})"},
                    answer(item(0, quoted(quarters)), 1));
  CHECK_THAT(all.each[0].body, ContainsSubstring(quarters));
}

TEST_CASE("the formats of vectors hold one for each row") {
  job_spec spec = embedding_spec();
  spec.output.format = output_format::vectors;
  const std::string one = answer(item(0, quoted(one_and_minus_half)), 1);
  CHECK(read_packed(spec, {R"({"input":"a"})"}, one).each[0].text == "[1,-0.5]");
  spec.output.format = output_format::npy;
  const shared_bytes bytes = read_packed(spec, {R"({"input":"a"})"}, one).each[0].vector;
  float values[2] = {};
  REQUIRE(bytes.size() == sizeof values);
  std::memcpy(values, bytes.view().data(), sizeof values);
  CHECK(values[0] == 1.0F);
  CHECK(values[1] == -0.5F);
  spec.output.numbers = number_type::float16;
  CHECK(read_packed(spec, {R"({"input":"a"})"}, one).each[0].vector.view() ==
        std::string_view("\x00\x3C\x00\xB8", 4));
  const auto several =
      jobs::make_embeddings(spec, row_format::bodies)->prepare(line_17(R"({"input":["a","b"]})"));
  REQUIRE(several.has_error());
  CHECK_THAT(several.error().message, ContainsSubstring("tickets.jsonl:17: the row has several"));
}

TEST_CASE("a matrix gets the same numbers however the answer is written") {
  job_spec spec = embedding_spec();
  spec.output.format = output_format::npy;
  const std::vector<std::string> rows = {R"({"input":"a"})", R"({"input":"b"})"};
  const std::string first = quoted(one_and_minus_half);
  const std::string second = quoted(quarters);
  const auto vectors = [&](const std::string& items) {
    auto all = read_packed(spec, rows, answer(items, 2));
    REQUIRE(all.whole.kind == answer_kind::success);
    return std::pair(all.each.at(0).vector, all.each.at(1).vector);
  };
  const auto expected = vectors(item(0, "[1,-0.5]") + ',' + item(1, "[0.25,0.75]"));
  CHECK(vectors(item(0, first) + ',' + item(1, second)) == expected);
  CHECK(vectors(item(1, second) + ',' + item(0, first)) == expected);
  CHECK(vectors(item(0, "[1,-0.5]") + ',' + item(1, second)) == expected);
  CHECK(vectors(item(0, first) + ',' + item(1, R"("AACAPgAAQD8\u003d")")) == expected);
  CHECK(vectors(" " + item(0, first) + R"( , {"embedding" :
      "AACAPgAAQD8=" , "index" : 1})") == expected);
  // Keys that only look like the one, or are it.
  CHECK(vectors(R"({"\"embedding":"AACAPgAAQD8=","embedding":"AACAPwAAAL8=","index":0},)" +
                item(1, second)) == expected);
  CHECK(vectors(item(0, first) + R"(,{"\u0065mbedding":"AACAPgAAQD8=","index":1})") == expected);
  CHECK(vectors(item(0, first) + R"(,{"embedding":"AAAA","embedding":"AACAPgAAQD8=","index":1})") ==
        expected);
  CHECK(vectors(item(0, first) + ',' + item(1, R"("//9/fwAAgD8=")")).second.view() ==
        std::string_view("\xFF\xFF\x7F\x7F\x00\x00\x80\x3F", 8));  // the largest number is one
  spec.output.numbers = number_type::float16;
  spec.normalize = true;
  const auto halves = vectors(item(0, "[1,-0.5]") + ',' + item(1, "[0.25,0.75]"));
  CHECK(halves.first.size() == 4);
  CHECK(vectors(item(0, first) + ',' + item(1, second)) == halves);
}

TEST_CASE("a matrix takes nothing from an answer that is wrong, which is told as it came") {
  job_spec spec = embedding_spec();
  spec.output.format = output_format::npy;
  const std::vector<std::string> rows = {R"({"input":"a"})", R"({"input":"b"})"};
  const std::string good = item(0, quoted(quarters));
  for (const std::string& items :
       {good, good + ',' + item(1, "\"0\""), good + ',' + item(1, "0"), good + ',' + good,
        good + ',' + item(1, "\"AADAfw==\""), good + ',' + item(1, "\"AAA\""),
        good + ',' + item(1, R"("AACAPwAAgH8=")"),  // infinite in the second number, or the first
        good + ',' + item(1, R"("AACA/wAAgD8=")"), good + ',' + item(1, "\"\""),
        good + R"(,{"\u0065mbedding":"0","index":1})",
        good + R"(,{"object":"embedding","index":1})", good + ' ' + item(1, quoted(quarters)),
        good + ',' + item(1, quoted(quarters) + quoted(quarters))}) {
    INFO(items);
    const auto all = read_packed(spec, rows, answer(items, 2));
    CHECK(all.whole.kind == answer_kind::transient);
    CHECK(all.each.empty());
    CHECK_THAT(all.whole.body, ContainsSubstring(quarters));
  }
}

TEST_CASE("an answer that does not fit what was asked is asked for again") {
  const job_spec spec = embedding_spec();
  const std::vector<std::string> rows = {R"({"input":"a"})", R"({"input":"b"})"};
  for (const std::string& items :
       {item(0, "[1]"), item(0, "[1]") + ',' + item(0, "[1]"),
        item(0, "[1]") + ',' + item(2, "[1]"), item(0, "[1]") + ',' + item(1, "\"AAA\""),
        item(0, "[1]") + ',' + item(1, "null"),
        item(0, "[1]") + ',' + item(1, "\"AADAfw==\"")}) {  // the last is NaN
    INFO(items);
    const auto all = read_packed(spec, rows, answer(items, 2));
    CHECK(all.whole.kind == answer_kind::transient);
    CHECK(all.each.empty());
  }
}

TEST_CASE("an answer without embeddings is none, whatever was asked") {
  const auto job = jobs::make_embeddings(embedding_spec(), row_format::bodies);
  for (const char* items : {"", R"({"index":-1,"embedding":[1]})", R"({"index":9999})"}) {
    CHECK(job->read(http_response(200, "", answer(items, 1))).kind == answer_kind::transient);
  }
}

TEST_CASE("what a refusal is about decides whether a pack is worth being halved") {
  const auto for_all = [](int status, const std::string& error) {
    const std::vector<std::string> rows = {R"({"input":"a"})", R"({"input":"b"})"};
    return read_packed(embedding_spec(), rows, R"({"error":)" + error + "}", status).whole.for_all;
  };
  CHECK_FALSE(for_all(400, R"({"message":"'$.input' is invalid"})"));
  CHECK_FALSE(for_all(400, R"({"message":"This model's maximum context length is 8192 tokens"})"));
  CHECK_FALSE(for_all(413, R"({"message":"too large"})"));
  CHECK(for_all(400, R"({"message":"no","param":"dimensions"})"));
  CHECK(for_all(400, R"({"message":"This model does not support specifying dimensions."})"));
  CHECK(for_all(404, R"({"message":"no","code":"model_not_found"})"));
  CHECK(for_all(403, R"({"message":"You are not allowed to generate embeddings"})"));
}

TEST_CASE("texts that are too long are cut, or sent in pieces whose vectors are averaged") {
  job_spec spec = embedding_spec();
  std::string text;
  while (text.size() < 30'000) text += "word ";
  const std::string row = R"({"input":")" + text + R"("})";
  CHECK(inputs_of(prepared(spec, row)).size() == text.size() + 2);
  spec.too_long = long_text::truncate;
  auto p = prepared(spec, row);
  CHECK(p.inputs.count == 1);
  CHECK(p.inputs.length < 8192 * 3 + 3);
  spec.too_long = long_text::average;
  p = prepared(spec, row);
  CHECK(p.inputs.count == 2);
  const auto all = read_packed(spec, {row}, answer(item(0, "[1,0]") + ',' + item(1, "[0,1]"), 9));
  const auto data = json::member(all.each[0].body, "data");
  const double longer = 8192.0 * 3 / 30'000;
  CHECK_THAT(std::string(*data), ContainsSubstring(R"("embedding":[0.8)"));
  CHECK(std::abs(longer - 0.82) < 0.01);
  spec.normalize = true;
  spec.output.format = output_format::npy;
  const auto scaled =
      read_packed(spec, {row}, answer(item(0, "[1,0]") + ',' + item(1, "[0,1]"), 9));
  float values[2] = {};
  std::memcpy(values, scaled.each[0].vector.view().data(), sizeof values);
  CHECK(std::abs(values[0] * values[0] + values[1] * values[1] - 1) < 1e-6);
}

TEST_CASE("keys of other endpoints are refused") {
  job_spec spec = spec_with();
  spec.marks["normalize"] = {9, 12};
  spec.normalize = true;
  CHECK_THAT(usage_error_of([&] { make_job(spec, row_format::bodies); }),
             ContainsSubstring("triage.yaml:9:12: `normalize` is for /v1/embeddings"));
  spec = spec_with();
  spec.pack.rows = 5;
  CHECK_THAT(usage_error_of([&] { make_job(spec, row_format::bodies); }),
             ContainsSubstring("`pack.rows` is for"));
  spec = embedding_spec();
  spec.thresholds.text = "{}";
  CHECK_THAT(usage_error_of([&] { make_job(spec, row_format::bodies); }),
             ContainsSubstring("`thresholds` is for /v1/moderations"));
}
