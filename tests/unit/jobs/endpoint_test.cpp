#include "jobs/endpoint.hpp"

#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using jobs::short_endpoint;

namespace {

std::string target(const std::string& base_url, const std::string& endpoint) {
  job_spec spec = spec_with();
  spec.api.base_url = base_url;
  spec.endpoint = endpoint;
  return jobs::request_target(spec);
}

std::string azure(const std::string& base_url, const std::string& endpoint) {
  job_spec spec = spec_with();
  spec.api.flavor = api_flavor::azure;
  spec.api.api_version = "2";
  spec.api.base_url = base_url;
  spec.endpoint = endpoint;
  return jobs::target_for_model(jobs::request_target(spec), "my gpt");
}

}  // namespace

TEST_CASE("the version is named once when base URL and endpoint both have it") {
  CHECK(target("https://api.openai.com/v1", "/v1/chat/completions") == "/v1/chat/completions");
  CHECK(target("https://api.openai.com/v1/", "/v1/chat/completions") == "/v1/chat/completions");
  CHECK(target("https://api.openai.com/v1", "/chat/completions") == "/v1/chat/completions");
  CHECK(target("http://h:8000/openai/v1", "/v1/chat/completions") == "/openai/v1/chat/completions");
}

TEST_CASE("a base URL without a version takes the endpoint as it is") {
  CHECK(target("http://h:8000", "/v1/chat/completions") == "/v1/chat/completions");
  CHECK(target("http://h:8000/", "/v1/embeddings") == "/v1/embeddings");
  CHECK(target("http://h:8000", "/rerank") == "/rerank");
  CHECK(target("http://h/proxy", "/v1/embeddings") == "/proxy/v1/embeddings");
  CHECK(target("http://h/v1", "/v10/x") == "/v1/v10/x");
  CHECK(target("http://h/v1", "/v1") == "/v1/v1");
  CHECK(target("http://[::1]:80/v1", "/v1/x") == "/v1/x");
}

TEST_CASE("queries of base URL and endpoint are kept, fragments are not") {
  CHECK(target("https://h/openai?api-version=2", "/chat/completions") ==
        "/openai/chat/completions?api-version=2");
  CHECK(target("https://h?a=1#top", "/x?b=2") == "/x?b=2&a=1");
}

TEST_CASE("an endpoint that cannot be sent is refused with its place") {
  CHECK(usage_error_of([] { target("http://h", "v1/x"); }) ==
        "triage.yaml:2:11: the endpoint 'v1/x' must be a path such as /v1/chat/completions");
  CHECK_THAT(usage_error_of([] { target("http://h", "/v1/a b"); }), ContainsSubstring("percent"));
  CHECK_THAT(usage_error_of([] { target("http://h", "/v1/a\r\nX: y"); }),
             ContainsSubstring("percent"));
  CHECK_THAT(usage_error_of([] { target("http://h", ""); }), ContainsSubstring("must be a path"));
}

TEST_CASE("short_endpoint drops version and query") {
  CHECK(short_endpoint("/v1/chat/completions") == "/chat/completions");
  CHECK(short_endpoint("/chat/completions") == "/chat/completions");
  CHECK(short_endpoint("/v1/x?y=/v1/z") == "/x");
  CHECK(short_endpoint("/v1beta/x") == "/v1beta/x");
}

TEST_CASE("on Azure a deployment stands in the address of those endpoints that have one") {
  CHECK(azure("https://h", "/v1/chat/completions") ==
        "/openai/deployments/my%20gpt/chat/completions?api-version=2");
  CHECK(azure("https://h/openai/", "/images/edits") ==
        "/openai/deployments/my%20gpt/images/edits?api-version=2");
  CHECK(azure("https://h/gate", "/v1/embeddings?x=1") ==
        "/gate/openai/deployments/my%20gpt/embeddings?x=1&api-version=2");
  CHECK(azure("https://h", "/v1/responses") == "/openai/responses?api-version=2");
  CHECK(azure("https://h", "/v1/images/variations") == "/openai/images/variations?api-version=2");
}

TEST_CASE("Azure's younger addresses have neither deployment nor version") {
  CHECK(azure("https://h/openai/v1", "/v1/chat/completions") == "/openai/v1/chat/completions");
  CHECK(azure("https://h", "/openai/v1/responses") == "/openai/v1/responses");
}
