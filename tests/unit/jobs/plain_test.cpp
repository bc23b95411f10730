#include "jobs/plain.hpp"

#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

reading read(const std::string& body, const std::string& head = "",
             output_format format = output_format::batch, int status = 200) {
  job_spec spec = spec_with();
  spec.endpoint = "/v1/embeddings";
  spec.output.format = format;
  const auto job = jobs::make_plain(spec, row_format::bodies, jobs::endpoint_traits());
  return job->read(http_response(status, head, body));
}

}  // namespace

TEST_CASE("a JSON answer passes on minified, with usage in either spelling") {
  reading r =
      read(R"({ "data": [-0.31725305], "usage": {"prompt_tokens": 2, "total_tokens": 2} })");
  CHECK(r.kind == answer_kind::success);
  CHECK(r.body == R"({"data":[-0.31725305],"usage":{"prompt_tokens":2,"total_tokens":2}})");
  CHECK(r.tokens.prompt == 2);
  CHECK(r.text.empty());
  CHECK(read(R"({"usage":{"input_tokens":5,"output_tokens":1}})").tokens.prompt == 5);
  CHECK(read("[1]").kind == answer_kind::success);
  CHECK(read(R"({"error":null})").kind == answer_kind::success);
}

TEST_CASE("for the text format the whole answer is the text") {
  const reading r = read(R"({"usage":{"total_tokens":1}})", "", output_format::text);
  CHECK(r.text == r.body);
  CHECK(r.usage == R"({"total_tokens":1})");
}

TEST_CASE("a plain text answer becomes a JSON string, whole") {
  const std::string text(100'000, 'x');
  const reading r = read(text, "Content-Type: text/plain; charset=utf-8\r\n", output_format::text);
  CHECK(r.kind == answer_kind::success);
  CHECK(r.body == "\"" + text + "\"");
  CHECK(r.text == r.body);
}

TEST_CASE("what is neither JSON nor text is malformed") {
  for (const char* head : {"", "content-type: application/json\r\n", "content-type: audio/mpeg\r\n",
                           "content-type: text/html\r\n"}) {
    const reading r = read("{\"a\":", head);
    INFO(head);
    CHECK(r.kind == answer_kind::transient);
    CHECK(r.code == "malformed_response");
  }
}

TEST_CASE("errors are judged, inside of a 200 as well") {
  CHECK(read(R"({"error":{"message":"m"}})", "", output_format::batch, 400).kind ==
        answer_kind::row_failed);
  CHECK(read(R"({"error":{"message":"m","code":"invalid_prompt"}})").kind ==
        answer_kind::row_failed);
}
