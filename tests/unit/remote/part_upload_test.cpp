#include <algorithm>
#include <filesystem>
#include <set>

#include "batchmill/json_text.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/remote/client_fixture.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t megabyte = 1 << 20;

struct parts_fixture : client_fixture {
  parts_fixture() {
    // The parts come back in another order than they were sent.
    takes = [](const http_request& request) -> duration {
      if (request.uploads.empty()) return 10ms;
      return request.uploads[0].offset / (64 * megabyte) % 2 == 0 ? 90ms : 30ms;
    };
    script = [this](const http_request& request, unsigned before) {
      return respond(request, before);
    };
    // Holes only: it takes no place on the disk.
    std::filesystem::resize_file(order.path, 513 * megabyte);
  }

  attempt_result respond(const http_request& request, unsigned) {
    if (request.target == "/v1/uploads") return answer(200, R"({"id":"upload_1"})");
    if (request.target == "/v1/uploads/upload_1/parts") return respond_to_part(request);
    if (request.target == "/v1/uploads/upload_1/complete") return completion;
    return answer(200, R"({"id":"upload_1","status":"cancelled"})");
  }

  attempt_result respond_to_part(const http_request& request) {
    const std::uint64_t number = request.uploads[0].offset / (64 * megabyte);
    const auto next = broken.find(number);
    if (next != broken.end()) {
      broken.erase(next);
      return lost();
    }
    if (refused == number) return answer(400, R"({"error":{"message":"No."}})");
    return answer(200, fmt::format(R"({{"id":"part_{}"}})", number));
  }

  std::size_t times(const std::string& what) const {
    return static_cast<std::size_t>(std::count(asked.begin(), asked.end(), what));
  }

  upload_order order{folder.write("big", ""), "big.jsonl", "batch"};
  std::multiset<std::uint64_t> broken;
  std::uint64_t refused = 1000;
  attempt_result completion = answer(
      200, R"({"id":"upload_1","status":"completed","file":{"id":"file-a","bytes":537919488}})");
};

}  // namespace

TEST_CASE_METHOD(parts_fixture, "a large file goes up in parts, several at a time, put in order") {
  broken = {2, 2, 7};
  const auto file = finish(client().upload_file(order));
  REQUIRE(file.has_value());
  CHECK(file->id == "file-a");
  CHECK(times("POST /v1/uploads/upload_1/parts") == 12);
  CHECK(wire.peak_in_flight == 4);
  CHECK(requests.front().body ==
        R"({"filename":"big.jsonl","purpose":"batch","bytes":537919488,"mime_type":"text/jsonl"})");
  CHECK(asked.back() == "POST /v1/uploads/upload_1/complete");
  CHECK(requests.back().body == R"({"part_ids":["part_0","part_1","part_2","part_3","part_4",)"
                                R"("part_5","part_6","part_7","part_8"]})");
  for (const http_request& request : requests) {
    if (request.uploads.empty()) continue;
    const upload& part = request.uploads[0];
    CHECK(part.size == (part.offset == 512 * megabyte ? megabyte : 64 * megabyte));
    CHECK(part.file_size == 513 * megabyte);
    CHECK_THAT(request.body, ContainsSubstring("name=\"data\"; filename=\"big.jsonl\""));
  }
}

TEST_CASE_METHOD(parts_fixture, "512 MB go up as they are") {
  std::filesystem::resize_file(order.path, 512 * megabyte);
  script = [](const http_request&, unsigned) { return answer(200, R"({"id":"file-a"})"); };
  CHECK(finish(client().upload_file(order)).has_value());
  CHECK(asked == std::vector<std::string>{"POST /v1/files"});
}

TEST_CASE_METHOD(parts_fixture, "an upload of which a part is refused is cancelled") {
  refused = 1;
  const auto file = finish(client().upload_file(order));
  REQUIRE(file.has_error());
  CHECK(file.error().kind == failure_kind::refused);
  CHECK(times("POST /v1/uploads/upload_1/parts") < 9);
  CHECK(times("POST /v1/uploads/upload_1/complete") == 0);
  CHECK(asked.back() == "POST /v1/uploads/upload_1/cancel");
}

TEST_CASE_METHOD(parts_fixture, "an upload is cancelled when its file is gone, and says so") {
  script = [this](const http_request& request, unsigned before) -> attempt_result {
    const bool late = !request.uploads.empty() && request.uploads[0].offset > 300 * megabyte;
    if (late) return transport_error(net_errc::file_unreadable, "the file is gone");
    return respond(request, before);
  };
  CHECK_THROWS_WITH(finish(client().upload_file(order)), "the file is gone");
  CHECK(asked.back() == "POST /v1/uploads/upload_1/cancel");
}

TEST_CASE_METHOD(parts_fixture, "an upload that may be complete is left alone") {
  completion = lost();
  const auto file = finish(client().upload_file(order));
  REQUIRE(file.has_error());
  CHECK(file.error().kind == failure_kind::unknown_outcome);
  CHECK(times("POST /v1/uploads/upload_1/complete") == 1);
  CHECK(times("POST /v1/uploads/upload_1/cancel") == 0);
}

TEST_CASE_METHOD(parts_fixture, "an upload whose completion is refused is cancelled") {
  completion = answer(400, R"({"error":{"message":"The bytes do not add up."}})");
  const auto file = finish(client().upload_file(order));
  REQUIRE(file.has_error());
  CHECK(file.error().message == "The bytes do not add up.");
  CHECK(asked.back() == "POST /v1/uploads/upload_1/cancel");
}
