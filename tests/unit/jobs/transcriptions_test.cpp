#include "jobs/transcriptions.hpp"

#include "tests/support/temporary_folder.hpp"
#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

reading read(const std::string& type, const std::string& body) {
  job_spec spec = spec_with();
  spec.endpoint = "/v1/audio/transcriptions";
  spec.output.format = output_format::text;
  return jobs::make_transcriptions(spec, row_format::bodies)
      ->read(http_response(200, "content-type: " + type + "\r\n", body));
}

}  // namespace

TEST_CASE("a recording goes up with its fields") {
  const temporary_folder folder;
  folder.write("a.mp3", "ID3");
  job_spec spec = spec_with();
  spec.endpoint = "/v1/audio/transcriptions";
  spec.input.files_root = folder.path("");
  const auto job = jobs::make_transcriptions(spec, row_format::bodies);
  const auto prepared = job->prepare(line_17(R"({"file":"a.mp3"})"));
  REQUIRE(prepared.has_value());
  CHECK(prepared->model == "gpt-4o-mini");
  CHECK(prepared->request.uploads.size() == 1);
  CHECK_THAT(prepared->request.body, ContainsSubstring("name=\"model\"\r\n\r\ngpt-4o-mini\r\n"));
  CHECK(job->prepare(line_17("{}")).error().code == "missing_field");
  CHECK_THAT(job->prepare(line_17(R"({"file":"b"})")).error().message,
             ContainsSubstring("tickets.jsonl:17: the file 'b'"));
}

TEST_CASE("every form of an answer has its text") {
  CHECK(read("application/json", R"({"text":"hi","usage":{"total_tokens":3}})").text == "\"hi\"");
  CHECK(read("text/plain; charset=utf-8", "42\n").text == R"("42\n")");
  CHECK(read("text/vtt", "WEBVTT\n").body == R"("WEBVTT\n")");
  CHECK(read("text/html", "<p>").code == "malformed_response");
  CHECK(read("text/plain", R"({"error":{"message":"m","code":"invalid_x"}})").kind ==
        answer_kind::row_failed);
}
