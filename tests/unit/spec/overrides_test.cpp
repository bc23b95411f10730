// --set: what it changes, and what it says when it cannot.
#include <string>
#include <vector>

#include "tests/support/catch.hpp"
#include "tests/unit/spec/spec_file.hpp"

using batchmill::job_spec;
using batchmill::testing::spec_file;

namespace {

constexpr auto yaml = R"(name: base
input:
  path: in.jsonl
template:
  messages:
    - {role: system, content: one}
    - {role: user, content: two}
api:
  key_env: SOME_KEY
)";

job_spec with(const std::vector<std::string>& overrides) {
  return spec_file(yaml).load(overrides);
}

std::string complaint(const std::string& setting) {
  return spec_file(yaml).complaint({setting});
}

}  // namespace

TEST_CASE("an override wins over the file, or adds what the file lacks") {
  CHECK(with({"name=other"}).name == "other");
  CHECK(with({"limits.concurrency=50"}).limits.concurrency == 50u);
  CHECK(with({"limits={share: 5%, concurrency: auto}"}).limits.share == 0.05);
  CHECK(with({"parameters={temperature: 1}"}).parameters.text == R"({"temperature":1})");
  CHECK(with({"parameters.stop=[a, b]"}).parameters.text == R"({"stop":["a","b"]})");
  CHECK(with({"api.headers.X-Team=search"}).api.headers.at(0).second == "search");
  CHECK(with({"api.headers.X.Team=search"}).api.headers.at(0).first == "X.Team");
}

TEST_CASE("the last of several overrides wins") {
  const auto job = with({"model=a", "limits.share=5%", "model=b"});
  CHECK(job.model == "b");
  CHECK(job.limits.share == 0.05);
}

TEST_CASE("an override is checked like the file, so it can give what the file lacks") {
  CHECK(spec_file("model: m\n").load({"input.path=a"}).input.paths.at(0) == "a");
}

TEST_CASE("items of lists are named by their numbers") {
  CHECK(with({"template.messages.0.content=hi"}).body_template.text ==
        R"({"messages":[{"role":"system","content":"hi"},{"role":"user","content":"two"}]})");
  CHECK(with({"template.messages.2={role: user, content: three}"}).body_template.text ==
        R"({"messages":[{"role":"system","content":"one"},{"role":"user","content":"two"},)"
        R"({"role":"user","content":"three"}]})");
  CHECK(with({"parameters.a.0.b=1"}).parameters.text == R"({"a":[{"b":1}]})");
  const std::vector<std::string> two{"a", "b"};
  CHECK(spec_file("input: {path: [a, x]}").load({"input.path.1=b"}).input.paths == two);
}

TEST_CASE("the value of a text needs no quotes but those of the shell") {
  CHECK(with({"name=2026"}).name == "2026");
  CHECK(with({"model=true"}).model == "true");
  CHECK(with({"input.path=-"}).input.paths.at(0) == "-");
  CHECK(with({"input.path=[a, b]"}).input.paths.size() == 2);
  CHECK(with({"api.headers.X-A=1"}).api.headers.at(0).second == "1");
}

TEST_CASE("another place of the key replaces the one in the file") {
  const auto job = with({"api.key_file=secret"});
  CHECK(job.api.key_file == "secret");
  CHECK(job.api.key_env == job_spec().api.key_env);
  CHECK(job.marks.count("api.key_env") == 0);
}

TEST_CASE("every broken override gets its one sentence") {
  struct broken {
    std::string setting;
    std::string sentence;
  };
  const std::vector<broken> cases{
      {"", "X"},
      {"=5", "X"},
      {"limits..share=5%", "X"},
      {"limits.share", "X"},
      {"limits.share=", "X"},
      {"limits.share=95", "X"},
      {"limits.shar=5%", "X"},
      {"limit.share=5%", "X"},
      {"timeout=5s", "X"},
      {"limits.share.x=5%", "X"},
      {"template.messages.3=x", "X"},
      {"template.messages.x=y", "X"},
      {"template.messages.0.role.x=y", "X"},
      {"input.path.0=x", "X"},
      {"limits=5", "X"},
      {"name=[a", "X"},
      {"parameters.a=\"b", "X"},
      {"template.a={{ text }}", "X"},
      {"template.a=b: c: d", "X"},
      {"api={key_env: A, key_fd: 3}", "X"},
      {"api.key=sekret", "X"},
      {"api.key_env=sk-sekret", "X"},
      {"template.a=sk-sekret0123456789abcdef", "X"},
      {"api.headers.Authorization=sekret", "X"},
      {"name=a\xff", "X"},
      {"input.format=bodies", "X"},
      {"retry.initial_delay=5m", "X"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.setting);
    CHECK(complaint(c.setting) == c.sentence);
    CHECK_THAT(complaint(c.setting), !ContainsSubstring("sekret"));
  }
}
