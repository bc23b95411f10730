// The lines of batch files, in both directions.
#include "runner/batch/answer_index.hpp"
#include "runner/batch/answer_line.hpp"
#include "runner/batch/request_line.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using batchmill::testing::temporary_folder;

namespace {

std::string answer_of(int row, int status = 200) {
  return R"({"id":"b","custom_id":"row-)" + std::to_string(row) +
         R"(","response":{"status_code":)" + std::to_string(status) +
         R"(,"request_id":"req_9","body":{"n": 1.50}},"error":null})";
}

}  // namespace

TEST_CASE("a request line holds the body byte by byte, and gives it back") {
  const std::string body = R"({"x":"a,\"body\":{","n":-0.31725305e10})";
  const std::string line = request_line(17, "/v1/chat/completions", body);
  REQUIRE(line == R"({"custom_id":"row-17","method":"POST","url":"/v1/chat/completions","body":)" +
                      body + "}\n");
  REQUIRE(body_of_request_line(line) == body);
}

TEST_CASE("only our own ids name rows") {
  REQUIRE(row_of_batch_id("row-0") == 0);
  REQUIRE(row_of_batch_id("row-18446744073709551615") == 18446744073709551615u);
  for (const char* other : {"", "row-", "row-1x", "row--1", "17", "row-18446744073709551616"}) {
    REQUIRE_FALSE(row_of_batch_id(other));
  }
}

TEST_CASE("an answer line is a response as it would have come by itself") {
  const auto read = read_answer_line(answer_of(5, 400));
  REQUIRE(read);
  REQUIRE(read->row == 5);
  REQUIRE(read->response->status == 400);
  REQUIRE(read->response->header("x-request-id") == "req_9");
  REQUIRE(read->response->body == R"({"n": 1.50})");
}

TEST_CASE("a request that was not executed says why") {
  const auto read = read_answer_line(
      R"({"id":"b","custom_id":"row-2","response":null,"error":{"code":"batch_expired","message":"late"}})");
  REQUIRE(read);
  REQUIRE_FALSE(read->response);
  REQUIRE(read->code == "batch_expired");
  REQUIRE(read->message == "late");
  const auto silent = read_answer_line(R"({"custom_id":"row-2","response":null,"error":null})");
  REQUIRE(silent->code == "batch_error");
}

TEST_CASE("what is no answer line is none") {
  for (const char* line : {"", "null", "[]", "{", R"({"custom_id":5})",
                           R"({"custom_id":"row-1","response":{"status_code":"200","body":{}}})",
                           R"({"custom_id":"row-1","response":{"status_code":200}})"}) {
    CAPTURE(line);
    REQUIRE_FALSE(read_answer_line(line));
  }
}

TEST_CASE("answers are found in both files, whatever their order, and the first one counts") {
  temporary_folder folder;
  const auto good = folder.write(
      "answers", answer_of(7) + "\n" + answer_of(3) + "\r\n\nnonsense\n" + answer_of(3, 500));
  const auto bad = folder.write("errors", answer_of(9, 500) + "\n");
  const answer_index index(good, bad);
  REQUIRE(index.answers() == 3);
  REQUIRE(index.strange() == 1);
  REQUIRE(index.find(3)->response->status == 200);
  REQUIRE(index.find(7)->response->status == 200);
  REQUIRE(index.find(9)->response->status == 500);
  REQUIRE_FALSE(index.find(1));
}

TEST_CASE("a batch without files has no answers") {
  temporary_folder folder;
  const answer_index index(folder.path("none"), folder.path("nothing"));
  REQUIRE(index.answers() == 0);
  REQUIRE_FALSE(index.find(0));
}
