// Input rows: each becomes a request of valid JSON, or fails by itself with a reason.
#include <memory>
#include <vector>

#include "batchmill/error.hpp"
#include "batchmill/job.hpp"
#include "batchmill/json_text.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace batchmill;
using fuzz::require;

static std::vector<std::unique_ptr<row_job>> make_jobs() {
  std::vector<std::unique_ptr<row_job>> jobs;
  job_spec spec;
  spec.file = "job.yaml";
  spec.model = "gpt-4o-mini";
  for (const char* endpoint : {"/v1/chat/completions", "/v1/responses", "/v1/completions",
                               "/v1/embeddings", "/v1/moderations", "/v1/rerank"}) {
    spec.endpoint = endpoint;
    for (const row_format format : {row_format::bodies, row_format::batch})
      jobs.push_back(make_job(spec, format));
  }
  spec.endpoint = "/v1/chat/completions";
  spec.input.id = "id";
  spec.parameters.text = R"({"temperature":0,"max_tokens":9})";
  spec.body_template.text =
      R"({"messages":[{"role":"user","content":"{{ text | trim }}{{ more | json | default('') }}"}],)"
      R"("metadata":"{{ tags[0].name | value | default(\"none\") }}"})";
  jobs.push_back(make_job(spec, row_format::rows));
  spec.endpoint = "/v1/embeddings";
  spec.body_template.text = R"({"input":"{{ text | value }}"})";
  spec.parameters.text.clear();
  spec.too_long = long_text::average;
  jobs.push_back(make_job(spec, row_format::rows));
  return jobs;
}

FUZZ_TARGET(fuzz_rows) {
  static const auto jobs = make_jobs();
  static const auto file = std::make_shared<const std::string>("rows.jsonl");
  const row_job& job = *jobs[fuzz::take_choice(input, jobs.size())];
  try {
    detect_format(input, job_spec());
  } catch (const usage_error& refusal) {
    require(*refusal.what() != '\0', "a refusal has a sentence");
  }
  const auto prepared = job.prepare(row(0, std::string(input), file, 1));
  const std::string& id = prepared ? prepared->custom_id : prepared.error().custom_id;
  require(json::kind_of(id) == json::kind::string && !json::validate(id), "an id is a JSON string");
  if (!prepared) {
    require(!prepared.error().code.empty(), "a failure has a code");
    require(prepared.error().message.starts_with("rows.jsonl:1"), "a failure names its row");
    return;
  }
  require(!json::validate(prepared->request.body), "a body is valid JSON");
  require(fuzz::is_one_line(prepared->request.target), "an address is one line");
  require(prepared->prompt_tokens >= 0, "a prompt has tokens");
  require(prepared->inputs.at + prepared->inputs.length <= prepared->request.body.size(),
          "inputs lie in the body");
}
