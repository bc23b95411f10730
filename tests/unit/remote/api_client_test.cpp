#include "runner/remote/api_client.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/remote/client_fixture.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

batch_order order() {
  batch_order o("file-a", "/v1/chat/completions");
  o.metadata.emplace_back("batchmill_run", "r\"1");
  o.output_expires_after = 86400;
  return o;
}

std::string page(const std::vector<std::string>& objects, bool more) {
  std::string data;
  for (const std::string& object : objects) data += (data.empty() ? "" : ",") + object;
  return R"({"object":"list","data":[)" + data + R"(],"has_more":)" + (more ? "true}" : "false}");
}

}  // namespace

TEST_CASE_METHOD(client_fixture, "a batch is created with all that was ordered") {
  script = [](const http_request&, unsigned) { return answer(200, R"({"id":"batch_1"})"); };
  const auto batch = finish(client().create_batch(order()));
  REQUIRE(batch.has_value());
  CHECK(batch->id == "batch_1");
  CHECK(asked == std::vector<std::string>{"POST /v1/batches"});
  CHECK(requests[0].content_type.empty());
  CHECK(wire.last_terms.once);
  CHECK(requests[0].body ==
        R"({"input_file_id":"file-a","endpoint":"/v1/chat/completions","completion_window":"24h",)"
        R"("metadata":{"batchmill_run":"r\"1"},)"
        R"("output_expires_after":{"anchor":"created_at","seconds":86400}})");
}

TEST_CASE_METHOD(client_fixture, "a creation is tried again while the server refuses to begin") {
  script = [](const http_request&, unsigned before) -> attempt_result {
    if (before == 0) return answer(503, "", "Retry-After: 9\r\n");
    if (before == 1) return answer(429, "");
    if (before == 2) return transport_error(net_errc::connect_failed, "refused");
    return answer(200, R"({"id":"batch_1"})");
  };
  CHECK(finish(client().create_batch(order())).has_value());
  CHECK(asked.size() == 4);
  REQUIRE(waits.size() == 3);
  CHECK(waits[0] >= 9s);
}

TEST_CASE_METHOD(client_fixture, "a creation whose answer is lost is not made again") {
  const attempt_result bad = GENERATE(attempt_result(lost()), attempt_result(answer(500, "")),
                                      attempt_result(answer(200, "<html>")));
  script = [&](const http_request&, unsigned) { return bad; };
  const auto batch = finish(client().create_batch(order()));
  REQUIRE(batch.has_error());
  CHECK(batch.error().kind == failure_kind::unknown_outcome);
  CHECK(asked.size() == 1);
}

TEST_CASE_METHOD(client_fixture, "a look is repeated until its attempts are used up") {
  script = [](const http_request&, unsigned) { return answer(502, "<html>bad gateway"); };
  const auto batch = finish(client().batch("batch_1"));
  REQUIRE(batch.has_error());
  CHECK(batch.error().kind == failure_kind::passing);
  CHECK(batch.error().status == 502);
  CHECK(asked == std::vector<std::string>(4, "GET /v1/batches/batch_1"));
  CHECK(waits.size() == 3);
  CHECK_FALSE(wire.last_terms.once);
}

TEST_CASE_METHOD(client_fixture, "who is denied does not ask again") {
  script = [](const http_request&, unsigned) {
    return answer(401, R"({"error":{"message":"Incorrect API key provided: sk-abcdefghij."}})");
  };
  const auto batch = finish(client().batch("batch_1"));
  REQUIRE(batch.has_error());
  CHECK(batch.error().kind == failure_kind::denied);
  CHECK(batch.error().message == "Incorrect API key provided: sk-....");
  CHECK(asked.size() == 1);
}

TEST_CASE_METHOD(client_fixture, "a stopped network ends a call at once") {
  script = [](const http_request&, unsigned) { return lost(); };
  wire.cancel();
  const auto batch = finish(client().batch("batch_1"));
  REQUIRE(batch.has_error());
  CHECK(batch.error().kind == failure_kind::stopped);
}

TEST_CASE_METHOD(client_fixture, "a server that went away is waited for, up to a bound") {
  const auto back = time.now() + 5min;
  unsigned vain = 0;
  script = [&](const http_request&, unsigned before) -> attempt_result {
    if (before == 0 || time.now() >= back) return answer(200, R"({"id":"batch_1"})");
    ++vain;
    return transport_error(net_errc::connect_failed, "refused");
  };
  CHECK(finish(client().batch("batch_1")).has_value());
  CHECK(finish(client().batch("batch_1")).has_value());
  CHECK(vain > 4);
  CHECK(vain < 30);
  script = [](const http_request&, unsigned) {
    return transport_error(net_errc::connect_failed, "refused");
  };
  const auto gone = time.now();
  CHECK(finish(client().batch("batch_1")).has_error());
  CHECK(time.now() - gone >= 10min);
}

TEST_CASE_METHOD(client_fixture, "a server that was never there has its attempts, no more") {
  script = [](const http_request&, unsigned) {
    return transport_error(net_errc::connect_failed, "refused");
  };
  CHECK(finish(client().batch("batch_1")).has_error());
  CHECK(asked.size() == 4);
}

TEST_CASE_METHOD(client_fixture, "ids stay within their piece of the path") {
  script = [](const http_request&, unsigned) { return answer(200, R"({"id":"x"})"); };
  finish(client().file("../batches?x=1"));
  CHECK(asked[0] == "GET /v1/files/..%2Fbatches%3Fx%3D1");
}

TEST_CASE_METHOD(client_fixture, "Azure's objects have Azure's addresses") {
  api.flavor = api_flavor::azure;
  api.base_url = "https://x.openai.azure.com";
  script = [](const http_request&, unsigned) { return answer(200, page({}, false)); };
  CHECK(finish(client().list_files("batch", "file-a", 5)).has_value());
  CHECK(asked[0] ==
        "GET /openai/files?limit=5&after=file-a&order=desc&purpose=batch&api-version=2024-10-21");
}

TEST_CASE_METHOD(client_fixture, "deleting what is gone succeeds") {
  script = [](const http_request& request, unsigned before) -> attempt_result {
    if (before == 0) return lost();
    if (request.target == "/v1/files/file-a") return answer(404, "{}");
    return answer(403, "{}");
  };
  CHECK(finish(client().delete_file("file-a")).has_value());
  CHECK(asked == std::vector<std::string>(2, "DELETE /v1/files/file-a"));
  CHECK(finish(client().delete_file("file-b")).error().kind == failure_kind::denied);
}

TEST_CASE_METHOD(client_fixture, "a small file goes up as one form, streamed") {
  script = [](const http_request& request, unsigned) {
    return answer(200,
                  R"({"id":"file-a","bytes":)" + std::to_string(request.uploads[0].size) + '}');
  };
  upload_order o(folder.write("in", "line 1\nline 2\n"), "part \"1\".jsonl", "batch");
  o.expires_after = 1209600;
  const auto file = finish(client().upload_file(o));
  REQUIRE(file.has_value());
  CHECK(file->bytes == 14);
  CHECK(asked == std::vector<std::string>{"POST /v1/files"});
  const std::string type = requests[0].content_type;
  const std::string start = "multipart/form-data; boundary=";
  REQUIRE(type.starts_with(start));
  const std::string b = "--" + type.substr(start.size());
  const std::string field = "\r\nContent-Disposition: form-data; name=";
  CHECK(whole_body(requests[0]) ==
        b + field + "\"purpose\"\r\n\r\nbatch\r\n" +                                //
            b + field + "\"expires_after[anchor]\"\r\n\r\ncreated_at\r\n" +         //
            b + field + "\"expires_after[seconds]\"\r\n\r\n1209600\r\n" +           //
            b + field + "\"file\"; filename=\"part %221%22.jsonl\"\r\n" +           //
            "Content-Type: application/octet-stream\r\n\r\nline 1\nline 2\n\r\n" +  //
            b + "--\r\n");
  finish(client().upload_file(o));
  CHECK(requests[1].content_type != type);
}

TEST_CASE_METHOD(client_fixture,
                 "a file that cannot be read is the caller's trouble, not the API's") {
  script = [](const http_request&, unsigned) {
    return transport_error(net_errc::file_unreadable, "the file x changed while the job ran");
  };
  upload_order o(folder.path("none"), "x.jsonl", "batch");
  CHECK_THROWS_AS(finish(client().upload_file(o)), run_error);
  CHECK(asked.empty());
  o.path = folder.write("x", "x");
  CHECK_THROWS_WITH(finish(client().upload_file(o)), "the file x changed while the job ran");
  CHECK(asked.size() == 1);
}

TEST_CASE_METHOD(client_fixture,
                 "an upload of unknown outcome is found by name, size and purpose") {
  script = [](const http_request& request, unsigned) {
    const bool second = request.target.find("after=f2") != std::string::npos;
    if (second) return answer(200, page({R"({"id":"f3","filename":"a","bytes":5})"}, false));
    return answer(200, page({R"({"id":"f1","filename":"b","bytes":5})",
                             R"({"id":"f2","filename":"a","bytes":6})"},
                            true));
  };
  const auto found = finish(client().find_file("batch", "a", 5));
  REQUIRE(found.has_value());
  REQUIRE(found->has_value());
  CHECK((*found)->id == "f3");
  const auto none = finish(client().find_file("batch", "c", 5));
  REQUIRE(none.has_value());
  CHECK_FALSE(none->has_value());
  CHECK_THAT(asked[0], ContainsSubstring("purpose=batch"));
}

TEST_CASE_METHOD(client_fixture, "the batches of a run are found, older pages are not asked for") {
  const auto batch = [](const char* id, int created, const char* run) {
    return fmt::format(R"({{"id":"{}","created_at":{},"metadata":{{"run":"{}"}}}})", id, created,
                       run);
  };
  script = [&](const http_request& request, unsigned) {
    const bool first = request.target.find("after") == std::string::npos;
    if (first) return answer(200, page({batch("b1", 20000, "x"), batch("b2", 19000, "y")}, true));
    return answer(200, page({batch("b3", 18000, "x"), batch("b4", 1000, "x")}, true));
  };
  const auto found = finish(client().find_batches("run", "x", 15000));
  REQUIRE(found.has_value());
  REQUIRE(found->size() == 3);
  CHECK((*found)[0].id == "b1");
  CHECK((*found)[1].id == "b3");
  CHECK(asked == std::vector<std::string>{"GET /v1/batches?limit=100",
                                          "GET /v1/batches?limit=100&after=b2"});
}

TEST_CASE_METHOD(client_fixture, "a list that turns in circles ends") {
  script = [](const http_request&, unsigned) {
    return answer(200, page({R"({"id":"b1","created_at":20000})"}, true));
  };
  CHECK(finish(client().find_batches("run", "x", 0)).has_value());
  CHECK(asked.size() == 2);
}

TEST_CASE_METHOD(client_fixture, "a batch is cancelled") {
  script = [&](const http_request& request, unsigned) {
    const bool post = request.method == "POST";
    return answer(200, post ? R"({"id":"batch_1","status":"cancelling"})"
                            : R"({"id":"batch_1","status":"in_progress"})");
  };
  const auto batch = finish(client().cancel_batch("batch_1"));
  REQUIRE(batch.has_value());
  CHECK(batch->status == batch_status::cancelling);
  CHECK(asked ==
        std::vector<std::string>{"GET /v1/batches/batch_1", "POST /v1/batches/batch_1/cancel"});
}

TEST_CASE_METHOD(client_fixture, "cancelling a batch that has ended tells how it ended") {
  script = [](const http_request&, unsigned) {
    return answer(200, R"({"id":"batch_1","status":"completed"})");
  };
  const auto batch = finish(client().cancel_batch("batch_1"));
  REQUIRE(batch.has_value());
  CHECK(batch->status == batch_status::completed);
  CHECK(asked == std::vector<std::string>{"GET /v1/batches/batch_1"});
}

TEST_CASE_METHOD(client_fixture, "a batch that ends while it is being cancelled is no failure") {
  std::string later = "expired";
  script = [&](const http_request& request, unsigned before) {
    if (request.method == "POST") return answer(400, R"({"error":{"message":"It has ended."}})");
    return answer(200,
                  R"({"id":"batch_1","status":")" + (before == 0 ? "finalizing" : later) + "\"}");
  };
  const auto batch = finish(client().cancel_batch("batch_1"));
  REQUIRE(batch.has_value());
  CHECK(batch->status == batch_status::expired);
  later = "in_progress";
  CHECK(finish(client().cancel_batch("batch_1")).error().message == "It has ended.");
}
