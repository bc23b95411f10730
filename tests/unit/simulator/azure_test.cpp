// Azure's addresses, keys and errors.
#include "runner/simulator/address.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/simulated_api.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using simulator_detail::read_address;

namespace {

const std::string version = "?api-version=2024-10-21";
const std::string hi = R"({"messages":[{"role":"user","content":"hi"}]})";

}  // namespace

TEST_CASE("addresses are the API's own, or Azure's for the same endpoints") {
  auto where = read_address("/v1/models?limit=3");
  CHECK(where.path == "/v1/models");
  CHECK_FALSE(where.azure);

  where = read_address("/openai/deployments/my%20gpt/chat/completions" + version);
  CHECK(where.path == "/v1/chat/completions");
  CHECK(where.deployment == "my gpt");
  CHECK(where.azure);
  CHECK(where.versioned);

  CHECK(read_address("/openai/models" + version).path == "/v1/models");
  CHECK(read_address("/openai/v1/responses").path == "/v1/responses");
  CHECK(read_address("/openai/v1/responses").versioned);
  CHECK(read_address("/openai/deployments/gpt-35-turbo/embeddings").deployment == "gpt-3.5-turbo");
  for (const auto* query : {"", "?", "?api-version=", "?version=1", "?x-api-version=1"})
    CHECK_FALSE(read_address(std::string("/openai/models") + query).versioned);
  CHECK(read_address("/openai/models?a=b&api-version=1").versioned);
  for (const auto* path :
       {"/openai/deployments/", "/openai/deployments/a", "/openai/deployments//embeddings",
        "/openai/deployments/a/responses", "/openai/deployments/a/b/embeddings"})
    CHECK(read_address(path).path == path);
  CHECK(read_address("/openai/deployments/a%2/embeddings").deployment == "a%2");
  CHECK(read_address("/openai/deployments/a%zz/embeddings").deployment == "a%zz");
}

TEST_CASE("a deployment is the model, whatever the body says") {
  simulated_api api;
  const auto path = "/openai/deployments/gpt-4o-mini/chat/completions" + version;
  const auto answer = api.post(path, hi);
  CHECK(answer.status() == 200);
  CHECK(answer.text("/model") == "gpt-4o-mini-2024-07-18");
  CHECK(api.post(path, chat_body("hi")).status() == 200);
  CHECK(api.post("/openai/deployments/text-embedding-3-small/embeddings" + version,
                 R"({"input":"a"})")
            .status() == 200);
  CHECK(api.post("/openai/deployments/whisper/audio/transcriptions" + version,
                 form_body().file("file", "a.mp3", "x"))
            .status() == 404);
  CHECK(api.post("/openai/deployments/whisper-1/audio/transcriptions" + version,
                 form_body().file("file", "a.mp3", "x"))
            .status() == 200);
  const auto unknown = api.post("/openai/deployments/mine/chat/completions" + version, hi);
  CHECK(unknown.status() == 404);
  CHECK(unknown.code() == "DeploymentNotFound");
}

TEST_CASE("other endpoints have no deployment") {
  simulated_api api;
  CHECK(api.get("/openai/models" + version).status() == 200);
  const auto body = R"({"model":"gpt-4o","input":"hi"})";
  CHECK(api.post("/openai/responses" + version, body).status() == 200);
  CHECK(api.post("/openai/v1/responses", body).status() == 200);
}

TEST_CASE("Azure has its own words for paths and keys that are wrong") {
  simulation_options options;
  options.key = "sk-test";
  simulated_api api(options);
  for (const auto* path : {"/openai/models", "/openai/v1/nothing"}) {
    const auto answer = api.get(path);
    CHECK(answer.status() == 404);
    CHECK(answer.error() == "Resource not found");
  }
  api.authorization = "";
  api.api_key = "wrong";
  CHECK(api.get("/openai/v1/models").status() == 401);
  CHECK(api.get("/openai/v1/models").code() == "401");
  api.api_key = "sk-test";
  CHECK(api.get("/openai/v1/models").status() == 200);
  CHECK(api.get("/v1/models").status() == 401);
  api.authorization = "Bearer wrong";
  CHECK(api.get("/openai/v1/models").status() == 401);
  api.authorization = "Bearer sk-test";
  api.api_key = "wrong";
  CHECK(api.get("/openai/v1/models").status() == 200);
}
