// Lines of a batch's output, and the API's objects of files and batches.
#include "batchmill/json_text.hpp"
#include "runner/batch/answer_line.hpp"
#include "runner/batch/request_line.hpp"
#include "runner/remote/objects.hpp"
#include "runner/remote/verdict.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace batchmill;
using fuzz::require;

namespace {

void require_line(std::string_view line) {
  const auto row = row_of_answer_line(line);
  const auto answer = read_answer_line(line);
  require(!answer || row == answer->row, "both readers name the same row");
  if (!answer) return;
  if (!answer->response) return require(!answer->code.empty(), "what has no answer has a code");
  require(answer->response->status >= 100 && answer->response->status <= 599, "a status is one");
  require(!json::validate(answer->response->body), "a body is valid JSON");
  const std::string_view id = answer->response->header("x-request-id");
  require(answer->response->head.empty() || !id.empty() || answer->response->head.size() <= 64 ||
              fuzz::is_one_line(id),
          "an id is one line");
}

void require_objects(std::string_view json) {
  const auto batch = read_batch_object(json);
  if (batch) require(!batch->id.empty(), "a batch has an id");
  const auto file = read_file_object(json);
  if (file) require(!file->id.empty(), "a file has an id");
  const auto page = read_batch_page(json);
  if (page && page->has_more) require(!page->last_id.empty(), "a page that goes on says where");
  read_file_page(json);
  read_upload_object(json);
}

}  // namespace

FUZZ_TARGET(fuzz_batch_lines) {
  require_line(input);
  require_objects(input);
  if (!json::validate(input) && input.find('\n') == std::string_view::npos)
    require(body_of_request_line(request_line(7, "/v1/chat/completions", input)) == input,
            "a request line gives its body back");
  const http_response refusal(429, "Retry-After: 1\r\n", std::string(input));
  judge(refusal, repeatable::freely, wall_time());
  require(without_keys(input).size() <= 3 * input.size() + 16, "keys are cut out, not multiplied");
}
