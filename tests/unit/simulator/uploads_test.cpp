// /v1/uploads: parts in any order become a file.
#include "tests/support/catch.hpp"
#include "tests/support/simulated_batch.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

api_answer announce(simulated_api& api, int bytes, std::string_view filename = "big.jsonl") {
  return api.post("/v1/uploads", fmt::format(R"({{"filename":"{}","purpose":"batch","bytes":{},)"
                                             R"("mime_type":"application/jsonl"}})",
                                             filename, bytes));
}

std::string add_part(simulated_api& api, const std::string& upload, std::string_view bytes) {
  return api.post("/v1/uploads/" + upload + "/parts", form_body().file("data", "blob", bytes))
      .text("/id");
}

api_answer complete(simulated_api& api, const std::string& upload, std::string_view ids,
                    std::string_view more = {}) {
  return api.post("/v1/uploads/" + upload + "/complete",
                  fmt::format(R"({{"part_ids":[{}]{}}})", ids, more));
}

}  // namespace

TEST_CASE("an upload's parts become a file in the order that completes it") {
  simulated_api api;
  const auto made = announce(api, 6);
  CHECK(made.text("/status") == "pending");
  CHECK(made.number("/expires_at") == made.number("/created_at") + 3600);
  const auto id = made.text("/id");
  const auto second = add_part(api, id, "def"), first = add_part(api, id, "abc");
  const auto order = fmt::format(R"("{}","{}")", first, second);
  const auto done = complete(api, id, order, R"(,"md5":"e80b5017098950fc58aad83c8c14978e")");
  REQUIRE(done.status() == 200);
  CHECK(done.text("/status") == "completed");
  CHECK(done.number("/file/bytes") == 6);
  CHECK(api.get("/v1/files/" + done.text("/file/id") + "/content").body() == "abcdef");
  CHECK(complete(api, id, order).status() == 400);
  CHECK(api.get("/simulator/batches").number("/uploads/parts") == 2);
}

TEST_CASE("an upload is completed only with what was announced") {
  simulated_api api;
  const auto id = announce(api, 6).text("/id");
  const auto part = add_part(api, id, "abc");
  CHECK(complete(api, id, fmt::format(R"("{}")", part)).param() == "part_ids");
  CHECK(complete(api, id, fmt::format(R"("{0}","{0}")", part)).param() == "part_ids");
  CHECK(complete(api, id, R"("part_unknown")").param() == "part_ids");
  const auto both = fmt::format(R"("{}","{}")", part, add_part(api, id, "def"));
  CHECK(complete(api, id, both, R"(,"md5":"00")").param() == "md5");
  CHECK(complete(api, id, both).status() == 200);
}

TEST_CASE("an upload that cannot become its file is refused at once") {
  simulated_api api;
  CHECK(announce(api, 6, "big.csv").status() == 400);
  CHECK(announce(api, 200'000'001).status() == 400);
  CHECK(announce(api, 0).param() == "bytes");
  CHECK(api.post("/v1/uploads", R"({"filename":"a"})").code() == "missing_required_parameter");
  CHECK(api.post("/v1/uploads/upload_none/complete", "{}").status() == 404);
}

TEST_CASE("an upload that is cancelled or an hour old takes nothing any more") {
  simulation_options options;
  options.batches.clock_rate = 3600;
  simulated_api api(options);
  const auto given_up = announce(api, 3).text("/id"), forgotten = announce(api, 3).text("/id");
  CHECK(api.post("/v1/uploads/" + given_up + "/cancel", "").text("/status") == "cancelled");
  api.now += 1s;
  for (const auto& id : {given_up, forgotten}) {
    const auto refused =
        api.post("/v1/uploads/" + id + "/parts", form_body().file("data", "blob", "abc"));
    CHECK(refused.status() == 400);
    CHECK(complete(api, id, "").status() == 400);
  }
}
