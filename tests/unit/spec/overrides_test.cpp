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
  CHECK(with({"template.messages[0].content=hi"}).body_template.text ==
        with({"template.messages.0.content=hi"}).body_template.text);
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
      {"",
       "--set: this names no key; write key.path=value, for example --set limits.concurrency=50"},
      {"=5",
       "--set: this names no key; write key.path=value, for example --set limits.concurrency=50"},
      {"limits..share=5%",
       "--set: this names no key; write key.path=value, for example --set limits.concurrency=50"},
      {"limits.share", "--set limits.share: the value is missing; write --set limits.share=VALUE"},
      {"limits.share=",
       "--set limits.share: `limits.share` has no value; give one or remove the key"},
      {"limits.share=95",
       "--set limits.share: `limits.share` must be a share above 0 and up to 1, or a percentage, "
       "or auto, not 95; write for example `share: 95%`"},
      {"limits.shar=5%",
       "--set limits.shar: unknown key `limits.shar`; did you mean `limits.share`?"},
      {"limit.share=5%", "--set limit.share: unknown key `limit`; did you mean `limits`?"},
      {"timeout=5s", "--set timeout: `timeout` belongs under `api`"},
      {"limits.share.x=5%",
       "--set limits.share.x: `limits.share` has no keys of its own; write --set "
       "limits.share=VALUE"},
      {"template.messages.3=x",
       "--set template.messages.3: `template.messages` has 2 items; use a number from 0 to 2"},
      {"template.messages.x=y",
       "--set template.messages.x: `template.messages` is a list; name an item by its number, from "
       "0"},
      {"template.messages.0.role.x=y",
       "--set template.messages.0.role.x: `template.messages.0.role` is neither a mapping nor a "
       "list; set it as a whole: --set template.messages.0.role=VALUE"},
      {"input.path.0=x",
       "--set input.path.0: `input.path` is neither a mapping nor a list; set it as a whole: --set "
       "input.path=VALUE"},
      {"limits=5",
       "--set limits: `limits` must be a mapping of keys, not text; write for example `limits: "
       "{concurrency: 1000}`"},
      {"name=[a", "--set name: a `[` is not closed before here; add the `]`"},
      {"parameters.a=\"b", "--set parameters.a: this quote is not closed; add the closing quote"},
      {"template.a={{ text }}",
       "--set template.a: a mapping cannot be a key; put quotes around a template's \"{{ field "
       "}}\""},
      {"template.a=b: c: d",
       "--set template.a: a `:` is not expected here; check the indentation and the space after "
       "each `:`, or put the text in quotes"},
      {"api={key_env: A, key_fd: 3}",
       "--set api: `api.key_env` and `api.key_fd` both say where the API key is; keep one of them"},
      {"api.key=sekret",
       "--set api.key: `api.key` holds the API key itself, but a command line is seen in process "
       "lists and kept in histories; name the key's place instead, with `key_env`, `key_file` or "
       "`key_fd` under `api`"},
      {"api.key_env=sk-sekret",
       "--set api.key_env: this looks like an API key, but a command line is seen in process lists "
       "and kept in histories; name the key's place instead, with `key_env`, `key_file` or "
       "`key_fd` under `api`"},
      {"template.a=sk-sekret0123456789abcdef",
       "--set template.a: this looks like an API key, but a command line is seen in process lists "
       "and kept in histories; name the key's place instead, with `key_env`, `key_file` or "
       "`key_fd` under `api`"},
      {"api.headers.Authorization=sekret",
       "--set api.headers.Authorization: the header `Authorization` holds the API key itself, but "
       "a command line is seen in process lists and kept in histories; name the key's place "
       "instead, with `key_env`, `key_file` or `key_fd` under `api`"},
      {"name=a\xff", "--set name: this is not UTF-8 text; save it as UTF-8"},
      {"input.format=bodies",
       "job.yaml:5:3: `template` is for rows, but `input.format` is bodies; remove one of the two"},
      {"retry.initial_delay=5m",
       "--set retry.initial_delay: `retry.max_delay` is 1m but `retry.initial_delay` is 5m; make "
       "the first at least as long as the second"},
      {"api=sekret",
       "--set api: `api` must be a mapping of keys, not text; write for example `api: {base_url: "
       "https://api.openai.com/v1}`"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.setting);
    CHECK(complaint(c.setting) == c.sentence);
    CHECK_THAT(complaint(c.setting), !ContainsSubstring("sekret"));
  }
}
