#include "jobs/images.hpp"

#include "tests/support/temporary_folder.hpp"
#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

job_spec asking(const std::string& endpoint, const std::string& model = "gpt-image-1") {
  job_spec spec = spec_with();
  spec.endpoint = endpoint;
  spec.model = model;
  return spec;
}

reading read(const std::string& body, output_format format = output_format::batch) {
  job_spec spec = asking("/v1/images/generations");
  spec.output.format = format;
  return jobs::make_images(spec, row_format::bodies)->read(http_response(200, "", body));
}

std::string body_of(const job_spec& spec, const std::string& row) {
  const auto prepared = jobs::make_images(spec, row_format::bodies)->prepare(line_17(row));
  return prepared ? prepared->request.body : prepared.error().code;
}

}  // namespace

TEST_CASE("images leave the answer for files, the rest of it stays") {
  const reading r = read(R"({"created": 1.0, "data":[{"b64_json":"iVBORw0KGgo=","n":1},)"
                         R"({"b64_json":"R0lGOA"}],"usage":{"total_tokens":7}})");
  CHECK(r.kind == answer_kind::success);
  CHECK(r.body == R"({"created":1.0,"data":[{"artifact":,"n":1},{"artifact":}],)"
                  R"("usage":{"total_tokens":7}})");
  REQUIRE(r.artifacts.size() == 2);
  CHECK(r.artifacts[0].suffix == "png");
  CHECK(r.artifacts[1].bytes == "GIF8");
  for (const artifact& a : r.artifacts) CHECK(r.body.substr(0, a.at).ends_with("\"artifact\":"));
  CHECK(r.tokens.total == 7);
}

TEST_CASE("addresses of images stay in the line and are its text; http ones are to be fetched") {
  const reading one = read(R"({"data":[{"url":"https:\/\/a\/b?c","n":1}]})", output_format::text);
  REQUIRE(one.artifacts.size() == 1);
  CHECK(one.artifacts[0].address == "https://a/b?c");
  CHECK(one.body == R"({"data":[{"url":"https:\/\/a\/b?c","n":1}]})");
  CHECK(one.body.substr(one.artifacts[0].at) == R"(,"n":1}]})");
  CHECK(one.text == R"("https:\/\/a\/b?c")");
  CHECK(read(R"({"data":[{"url":"data:image/png;base64,AA=="}]})").artifacts.empty());
  CHECK(read(R"({"data":[{"url":"u"},{"url":"v"}]})", output_format::text).text == R"(["u","v"])");
}

TEST_CASE("what comes from an address is an image or none") {
  const auto job = jobs::make_images(asking("/v1/images/generations"), row_format::bodies);
  artifact file;
  CHECK(job->read_file(http_response(200, "", "GIF89a"), file).empty());
  CHECK(file.suffix == "gif");
  CHECK(file.bytes == "GIF89a");
  CHECK(job->read_file(http_response(200, "Content-Type: image/avif\r\n", "x"), file).empty());
  CHECK(job->read_file(http_response(403, "", "GIF89a"), file) == "the server answers 403");
  CHECK(job->read_file(http_response(200, "Content-Type: text/html\r\n", "<p>"), file) ==
        "what is there is no image but 'text/html'");
}

TEST_CASE("an answer without images is malformed") {
  for (const char* body : {"{}", R"({"data":[]})", R"({"data":[{"b64_json":"?"}]})", "[1]"}) {
    INFO(body);
    CHECK(read(body).code == "malformed_response");
  }
}

TEST_CASE("DALL-E is asked for the images themselves unless the row says otherwise") {
  CHECK(body_of(asking("/v1/images/generations", "dall-e-3"), R"({"prompt":"p"})") ==
        R"({"prompt":"p","model":"dall-e-3","response_format":"b64_json"})");
  CHECK_THAT(body_of(asking("/v1/images/generations", "dall-e-3"), R"({"response_format":"url"})"),
             !ContainsSubstring("b64_json"));
  CHECK(body_of(asking("/v1/images/generations"), R"({"prompt":"p"})") ==
        R"({"prompt":"p","model":"gpt-image-1"})");
}

TEST_CASE("edits and variations upload their images; images by address are no form") {
  const temporary_folder folder;
  folder.write("a.png", "1");
  job_spec spec = asking("/v1/images/edits");
  spec.input.files_root = folder.path("");
  CHECK_THAT(body_of(spec, R"({"image":"a.png","prompt":"p"})"),
             ContainsSubstring("name=\"image\"; filename=\"a.png\"\r\nContent-Type: image/png"));
  CHECK(body_of(spec, R"({"prompt":"p"})") == "missing_field");
  CHECK(body_of(spec, R"({"images":[{"file_id":"f"}]})").starts_with(R"({"images")"));
  spec.endpoint = "/v1/images/variations";
  CHECK(body_of(spec, R"({"image":"b.png"})") == "file_not_found");
}
