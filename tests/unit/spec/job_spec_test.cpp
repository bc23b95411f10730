// Places for messages, and paths relative to the spec.
#include "batchmill/job_spec.hpp"

#include <string>

#include "tests/support/catch.hpp"
#include "tests/unit/spec/full_spec.hpp"
#include "tests/unit/spec/spec_file.hpp"

using batchmill::job_spec;
using batchmill::testing::full_spec;
using batchmill::testing::spec_file;

TEST_CASE("every value of the spec knows its place") {
  const spec_file file(full_spec);
  const auto job = file.load();
  const auto where = [&](const std::string& path) { return file.local(job.where(path)); };
  CHECK(where("name") == "job.yaml:1:7");
  CHECK(where("input") == "job.yaml:5:3");
  CHECK(where("input.path") == "job.yaml:5:9");
  CHECK(where("template") == "job.yaml:9:3");
  CHECK(where("template.messages.1.content") == "job.yaml:11:29");
  CHECK(where("parameters") == "job.yaml:12:13");
  CHECK(where("parameters.temperature") == "job.yaml:12:27");
  CHECK(where("api.headers.X-Team") == "job.yaml:22:21");
  CHECK(where("limits.share") == "job.yaml:28:92");
}

TEST_CASE("items of a list have places") {
  const spec_file file("input:\n  path:\n    - a\n    - b\n");
  const auto job = file.load();
  CHECK(file.local(job.where("input.path")) == "job.yaml:3:5");
  CHECK(file.local(job.where("input.path.1")) == "job.yaml:4:7");
}

TEST_CASE("what is absent has the place of its nearest parent") {
  const spec_file file("input: {path: a}\n");
  const auto job = file.load();
  CHECK(file.local(job.where("input.id")) == "job.yaml:1:8");
  CHECK(file.local(job.where("input.path.5.x")) == "job.yaml:1:15");
  CHECK(file.local(job.where("limits.share")) == "job.yaml");
  CHECK(file.local(job.where("")) == "job.yaml");
}

TEST_CASE("an override is its own place") {
  const spec_file file("input: {path: a}\nparameters: {top_p: 1}\n");
  const auto job = file.load({"input.path=[b, c]", "limits.share=5%", "parameters.a.b=hi"});
  CHECK(job.where("input.path") == "--set input.path");
  CHECK(job.where("input.path.1") == "--set input.path");
  CHECK(job.where("limits.share") == "--set limits.share");
  CHECK(file.local(job.where("limits")) == "job.yaml");
  CHECK(file.local(job.where("parameters")) == "job.yaml:2:13");
  CHECK(job.where("parameters.a.b") == "--set parameters.a.b");
  REQUIRE(job.parameters.strings.size() == 1);
  CHECK(job.parameters.strings[0].line == 0);
}

TEST_CASE("an alias stands where it is used, its parts where they were written") {
  const spec_file file("input: {path: a}\nparameters: &p\n  a: b\ntemplate: *p\n");
  const auto job = file.load();
  CHECK(file.local(job.where("template")) == "job.yaml:4:11");
  CHECK(file.local(job.where("template.a")) == "job.yaml:3:6");
}

TEST_CASE("a spec made in code has no file to name") {
  CHECK(job_spec().where("input.path") == "job spec");
}

TEST_CASE("paths are taken relative to the spec") {
  job_spec job;
  job.file = "jobs/triage/job.yaml";
  CHECK(job.resolve("in.jsonl") == "jobs/triage/in.jsonl");
  CHECK(job.resolve("data/*.jsonl") == "jobs/triage/data/*.jsonl");
  CHECK(job.resolve("/data/in.jsonl") == "/data/in.jsonl");
  CHECK(job.resolve("-") == "-");
  CHECK(job.resolve("").empty());
  job.file = "job.yaml";
  CHECK(job.resolve("in.jsonl") == "in.jsonl");
  CHECK(job_spec().resolve("in.jsonl") == "in.jsonl");
}
