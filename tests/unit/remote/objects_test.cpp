#include "runner/remote/objects.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;

TEST_CASE("a batch is read with all that it says") {
  const auto batch = read_batch_object(R"({"id":"batch_1","object":"batch",
    "endpoint":"/v1/chat/completions","model":"gpt-5.6-luna",
    "errors":{"object":"list","data":[{"code":"invalid_json_line","message":"This line is bad.",
      "param":null,"line":3},{"code":"token_limit_exceeded","message":"Full.","line":null}]},
    "input_file_id":"file-a","completion_window":"24h","status":"failed",
    "output_file_id":null,"error_file_id":"file-e","created_at":1,"in_progress_at":2,
    "expires_at":86401,"finalizing_at":null,"completed_at":null,"failed_at":5,"expired_at":6,
    "cancelling_at":7,"cancelled_at":8,
    "request_counts":{"total":12,"completed":3,"failed":4},
    "metadata":{"job":"7f\u00fc","n":"1"},
    "usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},"output_tokens":20,
      "output_tokens_details":{"reasoning_tokens":5},"total_tokens":30}})");
  REQUIRE(batch.has_value());
  CHECK(batch->id == "batch_1");
  CHECK(batch->status == batch_status::failed);
  CHECK(batch->endpoint == "/v1/chat/completions");
  CHECK(batch->model == "gpt-5.6-luna");
  CHECK(batch->input_file_id == "file-a");
  CHECK(batch->output_file_id.empty());
  CHECK(batch->error_file_id == "file-e");
  CHECK(batch->window == "24h");
  REQUIRE(batch->problems.size() == 2);
  CHECK(batch->problems[0].code == "invalid_json_line");
  CHECK(batch->problems[0].message == "This line is bad.");
  CHECK(batch->problems[0].line == 3U);
  CHECK_FALSE(batch->problems[1].line);
  CHECK(batch->created_at == 1);
  CHECK(batch->in_progress_at == 2);
  CHECK(batch->expires_at == 86401);
  CHECK(batch->finalizing_at == 0);
  CHECK(batch->failed_at == 5);
  CHECK(batch->expired_at == 6);
  CHECK(batch->cancelling_at == 7);
  CHECK(batch->cancelled_at == 8);
  CHECK(batch->counts.total == 12);
  CHECK(batch->counts.completed == 3);
  CHECK(batch->counts.failed == 4);
  CHECK(batch->tag("job") == "7f\xC3\xBC");
  CHECK(batch->tag("none").empty());
  REQUIRE(batch->usage);
  CHECK(batch->usage->prompt == 10);
  CHECK(batch->usage->cached == 4);
  CHECK(batch->usage->completion == 20);
  CHECK(batch->usage->reasoning == 5);
  CHECK(batch->usage->total == 30);
}

TEST_CASE("what a batch does not say has its default, strange words are no crash") {
  const auto batch = read_batch_object(
      R"({"id":"batch_1","status":"pondering","errors":null,"metadata":null,"request_counts":[1],
          "created_at":"today","usage":null})");
  REQUIRE(batch.has_value());
  CHECK(batch->status == batch_status::unknown);
  CHECK(batch->status_text == "pondering");
  CHECK_FALSE(is_final(batch->status));
  CHECK(batch->problems.empty());
  CHECK(batch->metadata.empty());
  CHECK(batch->counts.total == 0);
  CHECK(batch->created_at == 0);
  CHECK_FALSE(batch->usage);
}

TEST_CASE("errors that are a bare list are read, too") {
  const auto batch = read_batch_object(R"({"id":"b","errors":[{"code":"c","line":7}]})");
  REQUIRE(batch.has_value());
  REQUIRE(batch->problems.size() == 1);
  CHECK(batch->problems[0].line == 7U);
}

TEST_CASE("every status has its word, and four of them are final") {
  for (const char* word : {"validating", "failed", "in_progress", "finalizing", "completed",
                           "expired", "cancelling", "cancelled"}) {
    const auto batch = read_batch_object(R"({"id":"b","status":")" + std::string(word) + "\"}");
    REQUIRE(batch.has_value());
    CHECK(to_string(batch->status) == std::string(word));
  }
  CHECK(is_final(batch_status::failed));
  CHECK(is_final(batch_status::completed));
  CHECK(is_final(batch_status::expired));
  CHECK(is_final(batch_status::cancelled));
  CHECK_FALSE(is_final(batch_status::cancelling));
  CHECK_FALSE(is_final(batch_status::finalizing));
}

TEST_CASE("a file is read") {
  const auto file = read_file_object(
      R"({"id":"file-a","object":"file","bytes":5000000000,"created_at":1,"expires_at":2592001,
          "filename":"in.jsonl","purpose":"batch","status":"processed","status_details":null})");
  REQUIRE(file.has_value());
  CHECK(file->id == "file-a");
  CHECK(file->bytes == 5'000'000'000);
  CHECK(file->created_at == 1);
  CHECK(file->expires_at == 2592001);
  CHECK(file->filename == "in.jsonl");
  CHECK(file->purpose == "batch");
  CHECK(file->status == "processed");
}

TEST_CASE("what is no object of the API is refused") {
  for (const char* text : {"", "<html>", "[]", "{}", R"({"id":null})", R"({"id":"a")"}) {
    CHECK(read_file_object(text).has_error());
    CHECK(read_batch_object(text).has_error());
    CHECK(read_upload_object(text).has_error());
    CHECK(read_batch_page(text).has_error());
  }
  CHECK(read_batch_object("{}").error() == "the answer is not a batch object");
}

TEST_CASE("an upload brings its file once it is completed") {
  const auto pending = read_upload_object(R"({"id":"upload_1","status":"pending","file":null})");
  REQUIRE(pending.has_value());
  CHECK_FALSE(pending->file);
  const auto done =
      read_upload_object(R"({"id":"upload_1","status":"completed","file":{"id":"file-a"}})");
  REQUIRE(done.has_value());
  REQUIRE(done->file);
  CHECK(done->file->id == "file-a");
}

TEST_CASE("a page says where the next one begins") {
  const auto page = read_file_page(
      R"({"object":"list","data":[{"id":"file-b"},{"id":"file-a"}],"first_id":"file-b",
          "last_id":"file-a","has_more":true})");
  REQUIRE(page.has_value());
  REQUIRE(page->items.size() == 2);
  CHECK(page->items[0].id == "file-b");
  CHECK(page->has_more);
  CHECK(page->last_id == "file-a");
}

TEST_CASE("a page without last_id ends at its last object, an empty one has no next") {
  const auto page = read_batch_page(R"({"data":[{"id":"batch_2"}],"has_more":true})");
  REQUIRE(page.has_value());
  CHECK(page->last_id == "batch_2");
  CHECK(page->has_more);
  const auto none = read_batch_page(R"({"data":[],"has_more":true,"last_id":null})");
  REQUIRE(none.has_value());
  CHECK_FALSE(none->has_more);
}
