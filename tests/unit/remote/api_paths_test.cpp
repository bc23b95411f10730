#include "runner/remote/api_paths.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;

namespace {

std::string files_at(const std::string& base,
                     const std::string& endpoint = "/v1/chat/completions") {
  api_spec api;
  api.base_url = base;
  return api_paths(api, endpoint).target("/files");
}

std::string azure_batches_at(const std::string& base) {
  api_spec api;
  api.flavor = api_flavor::azure;
  api.api_version = "2024-10-21";
  api.base_url = base;
  return api_paths(api).target("/batches", "limit=2");
}

}  // namespace

TEST_CASE("remote objects are where the endpoints of rows are") {
  CHECK(files_at("https://api.openai.com/v1") == "/v1/files");
  CHECK(files_at("https://api.openai.com/v1/") == "/v1/files");
  CHECK(files_at("https://host") == "/v1/files");
  CHECK(files_at("https://host/proxy/openai") == "/proxy/openai/v1/files");
  CHECK(files_at("https://host/api/v3", "/chat/completions") == "/api/v3/files");
  CHECK(files_at("http://host/v1?team=a") == "/v1/files?team=a");
}

TEST_CASE("Azure has its own way to files and batches") {
  CHECK(azure_batches_at("https://x.openai.azure.com") ==
        "/openai/batches?limit=2&api-version=2024-10-21");
  CHECK(azure_batches_at("https://x.openai.azure.com/openai/") ==
        "/openai/batches?limit=2&api-version=2024-10-21");
  CHECK(azure_batches_at("https://x.openai.azure.com/openai/v1") == "/openai/v1/batches?limit=2");
  CHECK(azure_batches_at("https://gateway/team?key=1") ==
        "/team/openai/batches?limit=2&api-version=2024-10-21&key=1");
}
