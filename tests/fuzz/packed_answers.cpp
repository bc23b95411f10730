// The answer to a request that several rows share: each of them gets its own, or none does.
#include <array>
#include <memory>

#include "batchmill/job.hpp"
#include "batchmill/json_text.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace batchmill;
using fuzz::require;

namespace {

struct pack {
  std::unique_ptr<row_job> job;
  std::array<prepared_request, 3> rows;
};

pack make_pack(const char* endpoint) {
  job_spec spec;
  spec.file = "job.yaml";
  spec.model = "text-embedding-3-small";
  spec.endpoint = endpoint;
  pack made{make_job(spec, row_format::bodies), {}};
  const auto file = std::make_shared<const std::string>("rows.jsonl");
  const std::array<const char*, 3> bodies = {R"({"input":"a"})", R"({"input":["b","c"]})",
                                             R"({"input":"d"})"};
  for (std::size_t i = 0; i < bodies.size(); ++i)
    made.rows[i] = *made.job->prepare(row(i, bodies[i], file, i + 1));
  return made;
}

}  // namespace

FUZZ_TARGET(fuzz_packed_answers) {
  static const pack embeddings = make_pack("/v1/embeddings");
  static const pack moderations = make_pack("/v1/moderations");
  const pack& p = fuzz::take_choice(input, 2) == 0 ? embeddings : moderations;
  const int status = fuzz::take_choice(input, 8) == 0 ? 400 : 200;
  const std::array<const prepared_request*, 3> rows = {&p.rows[0], &p.rows[1], &p.rows[2]};
  std::vector<reading> each;
  const reading all = p.job->read_packed(http_response(status, "", std::string(input)), rows, each);
  if (all.kind != answer_kind::success) {
    require(!all.code.empty(), "a failure has a code");
    return;
  }
  require(status == 200, "no error passes for an answer");
  require(each.size() == rows.size(), "each row has its answer");
  token_usage sum;
  for (const reading& r : each) {
    require(r.kind == answer_kind::success, "all rows are answered");
    require(!json::validate(r.body), "a body in the output is valid JSON");
    sum += r.tokens;
  }
  require(sum.total == all.tokens.total && sum.prompt == all.tokens.prompt,
          "the rows' tokens add up");
}
