#include "runner/net/streamed_body.hpp"

#include <algorithm>
#include <filesystem>

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using batchmill::testing::temporary_folder;

namespace {

/// All of the body, at most `step` bytes at a time.
std::string text_of(const http_request& request, std::size_t step) {
  streamed_body body(request);
  std::string buffer(step, '\0');
  std::string text;
  while (text.size() < body.size()) {
    const auto piece = body.bytes_at(text.size(), buffer);
    if (!piece) return piece.error().detail;
    REQUIRE_FALSE(piece->empty());
    REQUIRE(piece->size() <= step);
    text += *piece;
  }
  return text;
}

}  // namespace

TEST_CASE("files stand in their places between the text, however large the pieces are") {
  const temporary_folder folder;
  http_request request("POST", "/v1/x", "<><>");
  request.uploads.emplace_back(1, folder.write("a", "one two three"), 13);
  request.uploads.emplace_back(3, folder.write("b", ""), 0);
  request.uploads.emplace_back(4, folder.write("c", "!"), 1);
  CHECK(body_size(request) == 18);
  const std::size_t step = GENERATE(1U, 2U, 5U, 13U, 100U);
  CHECK(text_of(request, step) == "<one two three><>!");
}

TEST_CASE("a piece of a file is sent from its offset on") {
  const temporary_folder folder;
  http_request request("POST", "/v1/x", "[]");
  request.uploads.push_back(upload::piece(1, folder.write("a", "0123456789"), 3, 4, 10));
  CHECK(text_of(request, 3) == "[3456]");
}

TEST_CASE("without files the body is the text") {
  const http_request request("POST", "/v1/x", "text");
  CHECK(body_size(request) == 4);
  CHECK_FALSE(unreadable_upload(request));
  CHECK(text_of(request, 100) == "text");
}

TEST_CASE("a file that is gone or another one than before cannot be sent") {
  const temporary_folder folder;
  http_request request("POST", "/v1/x", "<>");
  request.uploads.emplace_back(1, folder.write("a", "one"), 4);
  REQUIRE(unreadable_upload(request));
  CHECK(unreadable_upload(request)->code == net_errc::file_unreadable);
  CHECK_THAT(unreadable_upload(request)->detail, ContainsSubstring("changed while the job ran"));
  request.uploads[0].path = folder.path("none");
  CHECK(unreadable_upload(request)->detail ==
        "cannot read " + folder.path("none") + ": No such file or directory");
}

TEST_CASE("a file that is replaced while it goes out ends the body") {
  const temporary_folder folder;
  http_request request("POST", "/v1/x", "<>");
  request.uploads.emplace_back(1, folder.write("a", "one two"), 7);
  streamed_body body(request);
  std::string buffer(3, '\0');
  REQUIRE(body.bytes_at(1, buffer).has_value());
  folder.write("b", "ONE TWO");  // as large, but another one
  std::filesystem::rename(folder.path("b"), folder.path("a"));
  const auto piece = body.bytes_at(4, buffer);
  REQUIRE(piece.has_error());
  CHECK(piece.error().code == net_errc::file_unreadable);
  CHECK_THAT(piece.error().detail, ContainsSubstring("changed while the job ran"));
}
