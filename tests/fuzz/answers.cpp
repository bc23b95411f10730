// The body of an answer, of success or failure, to any endpoint: what stands in the output is valid
// JSON, and no error passes for an answer.
#include <memory>
#include <string>
#include <vector>

#include "batchmill/api_error.hpp"
#include "batchmill/job.hpp"
#include "batchmill/json_text.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace batchmill;
using fuzz::require;

namespace {

std::vector<std::unique_ptr<row_job>> make_jobs() {
  std::vector<std::unique_ptr<row_job>> jobs;
  job_spec spec;
  spec.file = "job.yaml";
  spec.model = "gpt-4o-mini";
  for (const output_format format : {output_format::batch, output_format::text}) {
    spec.output.format = format;
    for (const char* endpoint : {"/v1/chat/completions", "/v1/responses", "/v1/completions",
                                 "/v1/embeddings", "/v1/moderations", "/v1/images/generations",
                                 "/v1/audio/transcriptions", "/v1/audio/speech", "/v1/rerank"}) {
      spec.endpoint = endpoint;
      jobs.push_back(make_job(spec, row_format::bodies));
    }
  }
  spec.endpoint = "/v1/chat/completions";
  spec.expect.one_of = {"yes", "no"};
  spec.expect.finish = finish_rule::stop;
  jobs.push_back(make_job(spec, row_format::bodies));
  spec.expect.one_of.clear();
  spec.expect.schema.text.text =
      R"({"type":"object","properties":{"a":{"type":"string"},"n":{"type":"integer"}},"required":["a"]})";
  jobs.push_back(make_job(spec, row_format::bodies));
  spec.endpoint = "/v1/embeddings";
  spec.expect = expect_spec();
  spec.output.format = output_format::vectors;
  jobs.push_back(make_job(spec, row_format::bodies));
  spec.output.format = output_format::npy;
  spec.normalize = true;
  jobs.push_back(make_job(spec, row_format::bodies));
  return jobs;
}

void require_valid(const std::string& text, const char* what) {
  require(text.empty() || !json::validate(text), what);
}

/// The body with a description in the place of each file, as it will stand in the output.
std::string described(const reading& r) {
  std::string body;
  std::size_t taken = 0;
  for (const artifact& file : r.artifacts) {
    require(file.at >= taken && file.at <= r.body.size(), "a file has its place in the body");
    body.append(r.body, taken, file.at - taken);
    body += file.address.empty() ? "{}" : ",\"artifact\":{}";
    taken = file.at;
  }
  return body.append(r.body, taken);
}

void require_sound(const reading& r, int status) {
  require_valid(described(r), "a body in the output is valid JSON");
  require_valid(r.text, "a text in the output is valid JSON");
  require_valid(r.usage, "usage in the output is valid JSON");
  if (!r.members.empty())
    require_valid("{" + r.members.substr(r.members.front() == ',' ? 1 : 0) + "}",
                  "members in the output are valid JSON");
  if (r.kind == answer_kind::success)
    require(status >= 200 && status < 300, "no error passes for an answer");
  else
    require(!r.code.empty(), "a failure has a code");
}

}  // namespace

FUZZ_TARGET(fuzz_answers) {
  static const auto jobs = make_jobs();
  static constexpr int codes[] = {200, 200, 200, 201, 400, 401, 404, 429, 500, 503};
  const row_job& job = *jobs[fuzz::take_choice(input, jobs.size())];
  const int status = codes[fuzz::take_choice(input, std::size(codes))];
  require_sound(job.read(http_response(status, "", std::string(input))), status);
  // The last two read embeddings each in its own way.
  const auto kind = [&](const auto& reader) {
    return reader->read(http_response(status, "", std::string(input))).kind;
  };
  require(kind(jobs.back()) == kind(jobs[jobs.size() - 2]), "an answer has embeddings or none");
  const api_error error = json::validate(input) ? read_error_text(input) : read_api_error(input);
  require(!error.name().empty(), "an error has a name");
  require(!error.wait || *error.wait >= duration::zero(), "a wait is none that goes back");
  classify(status, error);
}
