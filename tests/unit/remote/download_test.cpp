#include "runner/remote/file_download.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/remote/client_fixture.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

/// A server with one file, which breaks each connection after `piece` bytes, `breaks` times.
struct download_fixture : client_fixture {
  download_fixture() {
    script = [this](const http_request& request, unsigned) -> attempt_result {
      if (request.target == "/v1/files/file-a") {
        return answer(200, fmt::format(R"({{"id":"file-a","bytes":{}}})", stated));
      }
      return ranges ? part(request) : all();
    };
  }

  attempt_result part(const http_request& request) {
    std::size_t from = 0;
    const std::string mark = "Range: bytes=";
    if (request.headers.starts_with(mark)) from = std::stoull(request.headers.substr(mark.size()));
    if (from == 0) return all();
    if (from >= content.size()) {
      return answer(416, "{}", fmt::format("Content-Range: bytes */{}\r\n", content.size()));
    }
    const std::string rest = content.substr(from);
    return answer(206, cut(rest),
                  fmt::format("Content-Length: {}\r\nContent-Range: bytes {}-{}/{}\r\n",
                              rest.size(), from + shift, content.size() - 1, content.size()));
  }

  attempt_result all() {
    return answer(200, cut(content), fmt::format("Content-Length: {}\r\n", content.size()));
  }

  std::string cut(const std::string& text) {
    if (breaks == 0) return text;
    --breaks;
    return text.substr(0, piece);
  }

  auto download(std::optional<std::uint64_t> bytes = std::nullopt) {
    return finish(client().download("file-a", folder.path("out"), bytes));
  }

  std::size_t contents_asked() const {
    std::size_t count = 0;
    for (const std::string& target : asked) count += target.ends_with("/content") ? 1 : 0;
    return count;
  }

  std::string content = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::size_t stated = content.size();
  std::size_t piece = 5;
  unsigned breaks = 0;
  bool ranges = true;
  std::size_t shift = 0;
};

}  // namespace

TEST_CASE_METHOD(download_fixture, "a file comes down whole") {
  const auto size = download();
  REQUIRE(size.has_value());
  CHECK(*size == 36);
  CHECK(folder.read("out") == content);
  CHECK(asked == std::vector<std::string>{"GET /v1/files/file-a", "GET /v1/files/file-a/content"});
  CHECK(requests[1].headers.empty());
}

TEST_CASE_METHOD(download_fixture,
                 "a download goes on where the connection broke, as long as it moves") {
  breaks = 7;  // more than there are attempts
  REQUIRE(download(36).has_value());
  CHECK(folder.read("out") == content);
  CHECK(contents_asked() == 8);
  CHECK(requests[1].headers == "Range: bytes=5-\r\n");
  CHECK(requests[7].headers == "Range: bytes=35-\r\n");
}

TEST_CASE_METHOD(download_fixture,
                 "without progress the attempts are bounded, and what came stays") {
  piece = 0;
  breaks = 1000;
  folder.write("out", "01234");
  const auto size = download(36);
  REQUIRE(size.has_error());
  CHECK(size.error().kind == failure_kind::passing);
  CHECK(size.error().code == "connection_lost");
  CHECK(contents_asked() == 4);
  CHECK(folder.read("out") == "01234");
}

TEST_CASE_METHOD(download_fixture, "a second call goes on behind what the first brought") {
  folder.write("out", content.substr(0, 30));
  REQUIRE(download(36).has_value());
  CHECK(requests[0].headers == "Range: bytes=30-\r\n");
  CHECK(folder.read("out") == content);
  REQUIRE(download(36).has_value());
  CHECK(contents_asked() == 1);
}

TEST_CASE_METHOD(download_fixture, "a server that knows no ranges sends all of it again") {
  ranges = false;
  breaks = 1;
  REQUIRE(download(36).has_value());
  CHECK(folder.read("out") == content);
  CHECK(contents_asked() == 2);
}

TEST_CASE_METHOD(download_fixture, "a server without ranges that always breaks is given up") {
  ranges = false;
  breaks = 1000;
  CHECK(download(36).has_error());
  CHECK(contents_asked() == 4);
}

TEST_CASE_METHOD(download_fixture, "another part than was asked for is not believed") {
  shift = 1;
  breaks = 1;
  REQUIRE(download(36).has_value());
  CHECK(folder.read("out") == content);
  CHECK(requests[2].headers.empty());
}

TEST_CASE_METHOD(download_fixture, "more on disk than the file has is begun anew") {
  folder.write("out", content + "rubbish");
  SECTION("as the file object tells") {
    REQUIRE(download(36).has_value());
  }
  SECTION("as the server tells, when nobody else does") {
    stated = 0;
    REQUIRE(download().has_value());
  }
  CHECK(folder.read("out") == content);
}

TEST_CASE_METHOD(download_fixture,
                 "what is complete already is, also where only the server knows") {
  stated = 0;
  folder.write("out", content);
  REQUIRE(download().has_value());
  CHECK(folder.read("out") == content);
  CHECK(contents_asked() == 1);
}

TEST_CASE_METHOD(download_fixture, "content of another size than the file's is an error") {
  stated = 40;
  const auto size = download();
  REQUIRE(size.has_error());
  CHECK(size.error().code == "incomplete_content");
  CHECK(size.error().message == "the content has 36 bytes, the file 40");
  CHECK(contents_asked() == 4);
}

TEST_CASE_METHOD(download_fixture, "content without a length is counted at its end") {
  script = [this](const http_request&, unsigned) { return answer(200, content); };
  CHECK(download(36).has_value());
  folder.write("out", "");
  const auto size = download(40);
  REQUIRE(size.has_error());
  CHECK(size.error().message == "36 bytes of 40 came");
}

TEST_CASE_METHOD(download_fixture, "an empty file comes down") {
  content.clear();
  stated = 0;
  const auto size = download();
  REQUIRE(size.has_value());
  CHECK(*size == 0);
  CHECK(folder.read("out").empty());
}

TEST_CASE_METHOD(download_fixture, "what is gone stays gone") {
  script = [](const http_request&, unsigned) { return answer(404, "{}"); };
  CHECK(download().error().kind == failure_kind::gone);
  CHECK(download(36).error().kind == failure_kind::gone);
  CHECK(asked.size() == 2);
}

TEST_CASE_METHOD(download_fixture, "a disk that refuses is an error of its own") {
  CHECK_THROWS_AS(finish(client().download("file-a", folder.path("none/out"), 36)), run_error);
}

TEST_CASE("ranges are read as servers write them") {
  const auto range = read_content_range("bytes 5-9/10");
  REQUIRE(range);
  CHECK(range->first == 5U);
  CHECK(range->total == 10U);
  CHECK_FALSE(read_content_range("bytes 5-9/*")->total);
  CHECK_FALSE(read_content_range("bytes */10")->first);
  for (const char* wrong : {"", "bytes", "5-9/10", "bytes x-9/10", "bytes 5-9"}) {
    CHECK_FALSE(read_content_range(wrong));
  }
}
