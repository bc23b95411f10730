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
  for (const char* head : {"", "content-type: application/json\r\n",
                           "content-type: application/xyz\r\n", "content-type: text/html\r\n"}) {
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

TEST_CASE("a file passes on as a file, even one that happens to be JSON") {
  const reading r = read("12", "Content-Type: Audio/MPEG; rate=1\r\n");
  CHECK(r.kind == answer_kind::success);
  REQUIRE(r.artifacts.size() == 1);
  CHECK(r.artifacts[0].bytes == "12");
  CHECK(r.artifacts[0].suffix == "mp3");
  CHECK(r.body == R"({"artifact":,"content_type":"audio/mpeg"})");
  CHECK(r.body.substr(0, r.artifacts[0].at) == R"({"artifact":)");
}

TEST_CASE("bytes of no stated kind are a file unless they are JSON") {
  const std::string head = "content-type: application/octet-stream\r\n";
  CHECK(read(R"({"a":1})", head).artifacts.empty());
  REQUIRE(read("\xFF\x01", head).artifacts.size() == 1);
  CHECK(read("\xFF\x01", head).artifacts[0].suffix == "bin");
}

TEST_CASE("an empty answer is malformed") {
  CHECK(read("", "content-type: audio/mpeg\r\n").code == "malformed_response");
}
