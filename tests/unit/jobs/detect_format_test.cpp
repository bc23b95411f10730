#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

const std::string batch_line =
    R"({"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": {}})";

std::string error_of(const std::string& line, const job_spec& spec) {
  return usage_error_of([&] { detect_format(line, spec); });
}

}  // namespace

TEST_CASE("the format that the spec names is the format") {
  job_spec spec = spec_with();
  spec.input.format = row_format::bodies;
  CHECK(detect_format(batch_line, spec) == row_format::bodies);
  CHECK(detect_format("no JSON", spec) == row_format::bodies);
}

TEST_CASE("without a template the first line tells the format") {
  const job_spec spec = spec_with();
  CHECK(detect_format(batch_line, spec) == row_format::batch);
  for (const char* line :
       {R"({"messages": []})", R"({"input": "x"})", R"({"input": ["x"]})", R"({"prompt": "x"})",
        R"({"model": "m", "x": 1})", R"({"method": "POST", "url": "u", "input": "x"})"}) {
    INFO(line);
    CHECK(detect_format(line, spec) == row_format::bodies);
  }
}

TEST_CASE("with a template the lines are rows of fields") {
  const job_spec spec = spec_with("{}");
  CHECK(detect_format(R"({"text": "x"})", spec) == row_format::rows);
  CHECK(detect_format(R"({"messages": []})", spec) == row_format::rows);
  CHECK(detect_format("no JSON", spec) == row_format::rows);
  CHECK_THAT(error_of(batch_line, spec),
             ContainsSubstring("triage.yaml:7:3: `template`") && ContainsSubstring("`url`"));
}

TEST_CASE("a first line that tells nothing is refused with what to do") {
  const job_spec spec = spec_with();
  CHECK_THAT(error_of(R"({"text": "x"})", spec),
             ContainsSubstring("triage.yaml:4:3:") && ContainsSubstring("add a `template`"));
  CHECK_THAT(error_of(R"({"messages": "x"})", spec), ContainsSubstring("add a `template`"));
  CHECK_THAT(error_of("[1]", spec), ContainsSubstring("add a `template`"));
  CHECK_THAT(error_of(R"({"text" "x"})", spec),
             ContainsSubstring("no JSON (expected ':' at column 9)"));
}

TEST_CASE("a path alone is a body where files go up") {
  job_spec spec = spec_with();
  CHECK(error_of(R"({"file": "a.mp3"})", spec) != "no error");
  spec.endpoint = "/v1/audio/transcriptions";
  CHECK(detect_format(R"({"file": "a.mp3"})", spec) == row_format::bodies);
  spec.endpoint = "/v1/images/edits";
  CHECK(detect_format(R"({"image": ["a.png"]})", spec) == row_format::bodies);
}
