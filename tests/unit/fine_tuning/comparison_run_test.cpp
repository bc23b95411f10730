#include "runner/fine_tuning/comparison_run.hpp"

#include "batchmill/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using batchmill::testing::temporary_folder;

namespace {

tuning_spec spec_at(const std::string& path) {
  tuning_spec spec;
  spec.file = path;
  spec.model = "gpt-4o";
  spec.way.file = path;
  spec.way.marks["model"] = {3, 8};
  spec.way.api.base_url = "http://127.0.0.1:1/v1";
  return spec;
}

std::vector<job_spec> jobs_with(const std::vector<std::string>& settings) {
  return comparison_jobs(spec_at("dir/tune.yaml"), "tune.yaml.compare", "/v1/chat/completions",
                         {"gpt-4o", "ft:gpt-4o:acme::a/b", "ft:gpt-4o:acme::a:b"}, settings);
}

}  // namespace

TEST_CASE("a comparison is ordinary runs beside the spec") {
  const auto jobs = jobs_with({});
  REQUIRE(jobs.size() == 3);
  CHECK(jobs[0].model == "gpt-4o");
  CHECK(jobs[0].where("model") == "dir/tune.yaml:3:8");
  CHECK(jobs[1].where("model") == "dir/tune.yaml");
  CHECK(jobs[0].endpoint == "/v1/chat/completions");
  CHECK(jobs[0].api.base_url == "http://127.0.0.1:1/v1");
  CHECK(jobs[0].resolve(jobs[0].input.paths.at(0)) == "dir/tune.yaml.compare/prompts.jsonl");
  CHECK(jobs[0].resolve(jobs[0].output.path) == "dir/tune.yaml.compare/gpt-4o.results.jsonl");
  CHECK(jobs[1].output.path == "tune.yaml.compare/ft_gpt-4o_acme__a_b.results.jsonl");
  CHECK(jobs[2].output.path == "tune.yaml.compare/ft_gpt-4o_acme__a_b_.results.jsonl");
}

TEST_CASE("the prompts of other files have folders of their own") {
  CHECK(comparison_folder("dir/tune.yaml", "") == "tune.yaml.compare");
  CHECK(comparison_folder("tune.yaml", "../a b/c.jsonl") == "tune.yaml.compare/c.jsonl");
}

TEST_CASE("settings reach all runs of a comparison, but for what it needs itself") {
  const auto jobs = jobs_with({"parameters.temperature=0", "limits.budget=1.50 USD", "mode=batch"});
  for (const job_spec& job : jobs) {
    CHECK(job.parameters.text == R"({"temperature":0})");
    CHECK(job.limits.budget == money::dollars(1.5));
    CHECK(job.mode == run_mode::batch);
  }
  CHECK(answers_of(jobs[0]).how == billing::batch);
  CHECK_THROWS_WITH(jobs_with({"input.path=x"}), ContainsSubstring("--set input.path: `input` "));
  CHECK_THROWS_WITH(jobs_with({"model=x"}), ContainsSubstring("--set model: "));
  CHECK_THROWS_WITH(jobs_with({"limit.budget=1"}), ContainsSubstring("did you mean"));
  CHECK_THROWS_AS(jobs_with({"parameters.temperature"}), usage_error);
}

TEST_CASE("prices of other service tiers are not made up") {
  CHECK(answers_of(jobs_with({})[0]).info);
  CHECK_FALSE(answers_of(jobs_with({"parameters.service_tier=flex"})[0]).info);
}

TEST_CASE("a response format demands its schema") {
  CHECK(demanded_schema(jobs_with({})[0]).empty());
  const auto jobs = jobs_with(
      {R"(parameters.response_format={type: json_schema, json_schema: {name: x, schema: {a: 1}}})"});
  CHECK(demanded_schema(jobs[0]) == R"({"a":1})");
}

TEST_CASE("the latency of a run that was complete before is that of its summary") {
  const temporary_folder folder;
  const auto job = comparison_jobs(spec_at(folder.path("t.yaml")), "t.yaml.compare",
                                   "/v1/chat/completions", {"m"}, {})
                       .front();
  fine_tuning::model_score score;
  run_summary summary;
  tell_latency(job, summary, score);
  CHECK(score.latency_p50 == duration::zero());
  write_prompts({}, folder.path("t.yaml.compare"));
  folder.write("t.yaml.compare/m.results.jsonl.summary.json",
               "{\n  \"latency_seconds\": {\"p50\": 0.25, \"p95\": 1.5}\n}\n");
  tell_latency(job, summary, score);
  CHECK(score.latency_p50 == std::chrono::milliseconds(250));
  CHECK(score.latency_p95 == std::chrono::milliseconds(1500));
  summary.latency_p50 = std::chrono::seconds(2);
  tell_latency(job, summary, score);
  CHECK(score.latency_p50 == std::chrono::seconds(2));
}
