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
