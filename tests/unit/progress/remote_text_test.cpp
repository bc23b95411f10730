#include "runner/progress/remote_text.hpp"

#include "runner/progress/table.hpp"
#include "tests/support/catch.hpp"

using namespace batchmill;

namespace {

constexpr unix_seconds now = 1'000'000;
constexpr unix_seconds hour = 3600;

remote_batch running() {
  remote_batch b;
  b.id = "batch_1";
  b.status = batch_status::in_progress;
  b.status_text = "in_progress";
  b.endpoint = "/v1/chat/completions";
  b.model = "gpt-5.6-luna";
  b.input_file_id = "file-i";
  b.counts = {50000, 1200, 3};
  b.created_at = now - 5 * hour;
  b.in_progress_at = now - 4 * hour;
  b.expires_at = now + 19 * hour;
  b.metadata.emplace_back("job", "7f\x1b[1m");
  return b;
}

remote_batch failed() {
  remote_batch b;
  b.id = "batch_longer";
  b.status = batch_status::failed;
  b.status_text = "failed";
  b.endpoint = "/v1/embeddings";
  b.created_at = now - 90;
  b.failed_at = now - 60;
  b.expires_at = now + 24 * hour;
  batch_problem bad;
  bad.code = "invalid_json_line";
  bad.message = "This line is no JSON.";
  bad.line = 37123;
  b.problems = {bad, batch_problem()};
  b.problems[1].code = "empty_file";
  return b;
}

}  // namespace

TEST_CASE("a table is as wide as its cells, numbers stand at the right") {
  text_table table({{"A", text_table::side::left}, {"N", text_table::side::right}});
  table.add({"long\n", "7"});
  table.add({"ä", "1,000"});
  CHECK(table.text() ==
        "A           N\n"
        "long\\n      7\n"
        "ä       1,000\n");
}

TEST_CASE("batches stand in a table") {
  const std::vector<remote_batch> batches = {running(), failed()};
  CHECK(table_of(batches, now) ==
        "ID            STATE        REQUESTS  COMPLETED  FAILED  AGE  EXPIRES  ENDPOINT          "
        "    MODEL\n"
        "batch_1       in_progress    50,000      1,200       3   5h   in 19h  "
        "/v1/chat/completions  gpt-5.6-luna\n"
        "batch_longer  failed              0          0       0  90s        -  /v1/embeddings    "
        "    -\n");
}

TEST_CASE("files stand in a table") {
  remote_file file;
  file.id = "file-a";
  file.purpose = "batch";
  file.bytes = 1234567;
  file.created_at = now - 72 * hour;
  file.expires_at = now + 30 * 24 * hour;
  file.filename = "in\tput.jsonl";
  remote_file old;
  old.id = "file-b";
  old.created_at = now + 5;  // by a clock that is ahead
  old.expires_at = now - 1;
  CHECK(table_of(std::vector{file, old}, now) ==
        "ID      PURPOSE      BYTES  AGE  EXPIRES  NAME\n"
        "file-a  batch    1,234,567   3d   in 30d  in\\tput.jsonl\n"
        "file-b  -                0   0s     over\n");
}

TEST_CASE("one batch is told in lines, what is not known is left out") {
  CHECK(details_of(running(), now) ==
        "id          batch_1\n"
        "state       in_progress\n"
        "endpoint    /v1/chat/completions\n"
        "model       gpt-5.6-luna\n"
        "requests    50,000, 1,200 completed, 3 failed\n"
        "input       file-i\n"
        "created     1970-01-12T08:46:40Z (5h ago)\n"
        "started     1970-01-12T09:46:40Z (4h ago)\n"
        "expires     1970-01-13T08:46:40Z (in 19h)\n"
        "metadata    job = 7f\\x1b[1m\n");
  const std::string text = details_of(failed(), now);
  CHECK_THAT(
      text, ContainsSubstring("problem     line 37,123: This line is no JSON. (invalid_json_line)\n"
                              "problem     empty_file\n"));
  CHECK_THAT(text, !ContainsSubstring("expires"));
}

TEST_CASE("programs get the API's names and plain numbers") {
  remote_batch b = failed();
  token_usage used;
  used.total = 30;
  b.usage = used;
  const std::string line = json_of(b).line();
  CHECK(line.starts_with(R"({"id":"batch_longer","status":"failed",)"));
  CHECK_THAT(line, ContainsSubstring(R"("model":null)"));
  CHECK_THAT(line, ContainsSubstring(R"("output_file_id":null)"));
  CHECK_THAT(line, ContainsSubstring(R"("created_at":999910)"));
  CHECK_THAT(line, ContainsSubstring(R"("completed_at":null)"));
  CHECK_THAT(line,
             ContainsSubstring(R"("errors":[{"code":"invalid_json_line",)"
                               R"("message":"This line is no JSON.","param":null,"line":37123})"));
  CHECK_THAT(line, ContainsSubstring(R"("total_tokens":30)"));
  CHECK_THAT(json_of(running()).line(), ContainsSubstring(R"("metadata":{"job":"7f\u001b[1m"})"));
  CHECK_THAT(json_of(remote_file()).line(), ContainsSubstring(R"("expires_at":null)"));
}

TEST_CASE("a failure is one sentence") {
  CHECK(reason_of(remote_failure(failure_kind::passing, 503, "busy", "Later.")) ==
        "Later. (busy, HTTP 503)");
  CHECK(sentence_of(remote_failure(failure_kind::gone, 404, "not_found", "No such batch.")) ==
        "the API has no such thing: No such batch. (not_found, HTTP 404)");
  CHECK(sentence_of(remote_failure(failure_kind::passing, 0, "timed_out", "no\nanswer")) ==
        "the API could not be reached for long enough: no\\nanswer (timed_out)");
}
