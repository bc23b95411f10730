#include "jobs/completions.hpp"

#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

job_spec completions_spec() {
  job_spec spec = spec_with();
  spec.endpoint = "/v1/completions";
  spec.output.format = output_format::text;
  return spec;
}

reading read(const std::string& body) {
  return jobs::make_completions(completions_spec(), row_format::bodies)
      ->read(http_response(200, "", body));
}

prepared_request prepared(const std::string& row) {
  auto result =
      jobs::make_completions(completions_spec(), row_format::bodies)->prepare(line_17(row));
  REQUIRE(result.has_value());
  return std::move(*result);
}

}  // namespace

TEST_CASE("a completion's text is its choice's, raw") {
  const reading r = read(
      R"({"choices":[{"text":" 4 \u00e4","index":0}],"usage":{"prompt_tokens":4,"total_tokens":5}})");
  CHECK(r.kind == answer_kind::success);
  CHECK(r.text == R"(" 4 \u00e4")");
  CHECK(r.tokens.prompt == 4);
  CHECK(r.usage == R"({"prompt_tokens":4,"total_tokens":5})");
}

TEST_CASE("several prompts have an array of texts") {
  CHECK(read(R"({"choices":[{"text":"a"},{"text":"b"}]})").text == R"(["a","b"])");
  CHECK(read(R"({"choices":[]})").text == "null");
  CHECK(read(R"({"choices":[{}]})").text == "null");
}

TEST_CASE("a completion that is an error or none is no success") {
  CHECK(read(R"({"error":{"message":"Oops."}})").kind == answer_kind::transient);
  CHECK(read("{}").code == "malformed_response");
}

TEST_CASE("prompts pass on as they are, and each counts for the output") {
  CHECK(prepared(R"({"prompt":["a","b"]})").request.body ==
        R"({"prompt":["a","b"],"model":"gpt-4o-mini"})");
  CHECK(prepared(R"({"prompt":"a"})").max_output_tokens == 16);
  CHECK(prepared(R"({"prompt":["a","b"],"n":3,"max_tokens":5})").max_output_tokens == 30);
  CHECK(prepared(R"({"prompt":[1,2,3,4],"max_tokens":5})").max_output_tokens == 5);
  CHECK(prepared(R"({"prompt":[[1,2],[3,4]],"max_tokens":5})").max_output_tokens == 10);
}

namespace {

struct packed {
  reading whole;
  std::vector<reading> each;
};

packed read_packed(const std::vector<std::string>& rows, const std::string& body) {
  const auto job = jobs::make_completions(completions_spec(), row_format::bodies);
  std::vector<prepared_request> made;
  for (const std::string& row : rows) made.push_back(prepared(row));
  std::vector<const prepared_request*> asked;
  for (const prepared_request& p : made) asked.push_back(&p);
  packed result;
  result.whole = job->read_packed(http_response(200, "", body), asked, result.each);
  return result;
}

std::string inputs_of(const prepared_request& p) {
  return p.request.body.substr(p.inputs.at, p.inputs.length);
}

}  // namespace

TEST_CASE("prompts can be joined, and one by itself stays without brackets") {
  auto p = prepared(R"({"prompt":"a \"b\""})");
  CHECK(p.request.body == R"({"prompt":"a \"b\"","model":"gpt-4o-mini"})");
  CHECK(inputs_of(p) == R"("a \"b\"")");
  CHECK(p.inputs.bare);
  p = prepared(R"({"prompt":[1,2]})");
  CHECK(inputs_of(p) == "[1,2]");
  CHECK(p.inputs.bare);
  p = prepared(R"({"prompt":["a","b"]})");
  CHECK(inputs_of(p) == R"("a","b")");
  CHECK(p.inputs.count == 2);
  CHECK_FALSE(p.inputs.bare);
}

TEST_CASE("rows whose answers would be others in company go alone") {
  CHECK(prepared(R"({"prompt":"a","n":2,"best_of":3,"echo":true,"seed":null})").inputs.count == 1);
  CHECK(prepared(R"({"prompt":"a","seed":7})").inputs.count == 0);
  CHECK(prepared(R"({"prompt":"a","suffix":"z"})").inputs.count == 0);
  CHECK(prepared(R"({"prompt":"a","logprobs":0})").inputs.count == 0);
  CHECK(prepared(R"({"max_tokens":3})").inputs.count == 0);
}

TEST_CASE("twenty rows share a request unless the spec says otherwise") {
  job_spec spec = completions_spec();
  CHECK(jobs::make_completions(spec, row_format::bodies)->packing().rows == 20);
  spec.marks["pack.rows"] = {3, 1};
  CHECK(jobs::make_completions(spec, row_format::bodies)->packing().rows == 2048);
  spec.pack.rows = 1;
  CHECK(jobs::make_completions(spec, row_format::bodies)->packing().rows == 1);
}

TEST_CASE("each row gets the choices of its prompts, counted from 0, and its part of the usage") {
  const auto all =
      read_packed({R"({"prompt":"a","n":2})", R"({"prompt":"b","n":2})"},
                  R"({"id":"c","choices":[{"text":"b1","index":2},{"text":"a1","index":0},)"
                  R"({"text":"a2","index":1},{"text":"b2","index":3}],)"
                  R"("usage":{"prompt_tokens":3,"completion_tokens":8,"total_tokens":11}})");
  REQUIRE(all.whole.kind == answer_kind::success);
  REQUIRE(all.each.size() == 2);
  CHECK(all.each[0].text == R"(["a1","a2"])");
  CHECK(all.each[1].body ==
        R"({"id":"c","choices":[{"text":"b1","index":0},{"text":"b2","index":1}],)"
        R"("usage":{"prompt_tokens":2,"completion_tokens":4,"total_tokens":6}})");
  CHECK(all.each[0].tokens.prompt == 1);
  CHECK(all.each[0].tokens.total + all.each[1].tokens.total == 11);
}

TEST_CASE(
    "an answer to less than all prompts makes the pack smaller, that to one row is passed on") {
  const std::string one = R"({"choices":[{"text":"x","index":0}]})";
  const auto two = read_packed({R"({"prompt":"a"})", R"({"prompt":"b"})"}, one);
  CHECK(two.whole.kind == answer_kind::row_failed);
  CHECK_FALSE(two.whole.for_all);
  CHECK(two.each.empty());
  CHECK(read_packed({R"({"prompt":["a","b"]})"}, one).each[0].text == R"("x")");
}
