#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

std::unique_ptr<row_job> job_for(const std::string& endpoint, const std::string& model = "m") {
  job_spec spec = spec_with();
  spec.endpoint = endpoint;
  spec.model = model;
  return make_job(spec, row_format::bodies);
}

std::int64_t output_of(const std::string& endpoint) {
  const auto prepared = job_for(endpoint)->prepare(line_17("{}"));
  REQUIRE(prepared.has_value());
  return prepared->max_output_tokens;
}

bool needs_model(const std::string& endpoint) {
  return !job_for(endpoint, "")->prepare(line_17("{}"));
}

/// Each job takes its own text out of an answer that has them all; plain jobs take all of it.
std::string job_of(const std::string& endpoint) {
  job_spec spec = spec_with();
  spec.endpoint = endpoint;
  spec.output.format = output_format::text;
  const std::string answer =
      R"({"choices":[{"message":{"content":"chat"},"text":"completions"}],"output":[)"
      R"({"type":"message","content":[{"type":"output_text","text":"responses"}]}]})";
  const reading r = make_job(spec, row_format::bodies)->read(http_response(200, "", answer));
  return r.text == answer ? "plain" : r.text;
}

}  // namespace

TEST_CASE("the endpoint chooses the job, with or without its version") {
  CHECK(job_of("/v1/chat/completions") == "\"chat\"");
  CHECK(job_of("/chat/completions") == "\"chat\"");
  CHECK(job_of("/openai/deployments/d/chat/completions?api-version=1") == "\"chat\"");
  CHECK(job_of("/v1/completions") == "\"completions\"");
  CHECK(job_of("/v1/responses") == "\"responses\"");
  CHECK(job_of("/v1/rerank") == "plain");
}

TEST_CASE("images and recordings have jobs of their own") {
  const auto refusal = [](const std::string& endpoint) {
    const auto prepared = job_for(endpoint)->prepare(line_17("{}"));
    return prepared ? "none" : prepared.error().message;
  };
  CHECK_THAT(refusal("/v1/audio/transcriptions"), ContainsSubstring("no `file`"));
  CHECK_THAT(refusal("/v1/audio/translations"), ContainsSubstring("no `file`"));
  CHECK_THAT(refusal("/v1/images/edits"), ContainsSubstring("no `image`"));
  CHECK_THAT(refusal("/v1/images/variations"), ContainsSubstring("no `image`"));
  CHECK(refusal("/v1/images/generations") == "none");
  CHECK(job_for("/v1/audio/speech")->read(http_response(200, "", "\xFF")).artifacts.size() == 1);
}

TEST_CASE("rows of embeddings and moderation share requests, those of other endpoints do not") {
  CHECK(job_for("/v1/embeddings")->packing().rows == 2048);
  CHECK(job_for("/openai/deployments/d/embeddings?api-version=1")->packing().tokens == 300'000);
  CHECK(job_for("/v1/moderations")->packing().rows == 2048);
  CHECK(job_for("/v1/chat/completions")->packing().rows == 0);
  CHECK(job_for("/rerank")->packing().rows == 0);
}

TEST_CASE("endpoints differ in their guess of the output") {
  CHECK(output_of("/v1/chat/completions") == 512);
  CHECK(output_of("/v1/responses") == 512);
  CHECK(output_of("/v1/completions") == 16);
  CHECK(output_of("/v1/embeddings") == 0);
  CHECK(output_of("/v1/moderations") == 0);
}

TEST_CASE("endpoints differ in whether a body must name a model") {
  CHECK(needs_model("/v1/chat/completions"));
  CHECK(needs_model("/v1/responses"));
  CHECK(needs_model("/v1/completions"));
  CHECK(needs_model("/v1/embeddings"));
  CHECK(needs_model("/v1/audio/speech"));
  CHECK(needs_model("/v1/images/generations"));
  CHECK_FALSE(needs_model("/v1/moderations"));
  CHECK_FALSE(needs_model("/rerank"));
}

TEST_CASE("make_job refuses what cannot work before any row is read") {
  CHECK(usage_error_of([] { make_job(spec_with(), row_format::rows); }) != "no error");
  CHECK(usage_error_of([] { make_job(spec_with(R"({"a":"{{"})"), row_format::rows); }) !=
        "no error");
}
