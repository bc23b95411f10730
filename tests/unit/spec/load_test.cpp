// Specs that load: the full one, the smallest one, and the ways in which a value may be written.
#include <chrono>
#include <string>

#include "batchmill/job_spec.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/spec/full_spec.hpp"
#include "tests/unit/spec/spec_file.hpp"

using namespace std::chrono_literals;
using batchmill::duration;
using batchmill::job_spec;
using batchmill::output_format;
using batchmill::row_format;
using batchmill::testing::full_spec;
using batchmill::testing::spec_file;

namespace {

/// A spec that needs nothing more than what the test is about.
job_spec load_with(const std::string& more) {
  return spec_file("input: {path: in.jsonl}\n" + more).load();
}

}  // namespace

TEST_CASE("the spec of the documentation loads, every key in its field") {
  const spec_file file(full_spec);
  const auto job = file.load();
  CHECK(job.file == file.path());
  CHECK(job.name == "support-triage");
  CHECK(job.endpoint == "/v1/chat/completions");
  CHECK(job.model == "gpt-4o-mini");
  CHECK(job.input.paths == std::vector<std::string>{"tickets.jsonl"});
  CHECK(job.input.format == row_format::rows);
  CHECK(job.input.id == "ticket_id");
  CHECK(job.body_template.text ==
        R"({"messages":[{"role":"system","content":"Answer with one word."},)"
        R"({"role":"user","content":"{{ text }}"}]})");
  CHECK(job.parameters.text == R"({"temperature":0,"max_completion_tokens":5})");
  CHECK(job.output.path == "results.jsonl");
  CHECK(job.output.format == output_format::batch);
  CHECK(job.output.failed == "failed.jsonl");
  CHECK(job.api.base_url == "https://api.openai.com/v1");
  CHECK(job.api.key_env == "OPENAI_API_KEY");
  CHECK(job.api.organization == "org-123");
  CHECK(job.api.project == "proj_123");
  REQUIRE(job.api.headers.size() == 1);
  CHECK(job.api.headers[0].first == "X-Team");
  CHECK(job.api.headers[0].second == "search");
  CHECK(job.api.timeout == duration(10min));
  CHECK(job.api.connect_timeout == duration(5s));
  CHECK(job.api.max_response.bytes == 64'000'000);
  CHECK(job.api.proxy == "http://proxy.example:3128");
  CHECK(job.api.ca_file == "company-ca.pem");
  CHECK(job.limits.concurrency == 1000u);
  CHECK(job.limits.requests_per_minute == 10000.0);
  CHECK(job.limits.tokens_per_minute == 2000000.0);
  CHECK(job.limits.share == 0.95);
  CHECK(job.retry.attempts == 6);
  CHECK(job.retry.initial_delay == duration(500ms));
  CHECK(job.retry.max_delay == duration(60s));
  CHECK(job.retry.row_deadline == duration(1h));
  CHECK(job.retry.outage == duration(10min));
  CHECK(job.stop.failures == 0.05);
  CHECK(job.stop.after == 200);
}

TEST_CASE("a spec needs no more than its input") {
  const spec_file file("input:\n  path: in.jsonl\n", "triage.yaml");
  const auto job = file.load();
  const job_spec defaults;
  CHECK(job.name == "triage");
  CHECK(job.output.path == "triage.results.jsonl");
  CHECK(job.endpoint == defaults.endpoint);
  CHECK(job.model.empty());
  CHECK_FALSE(job.input.format);
  CHECK(job.body_template.text.empty());
  CHECK(job.parameters.text.empty());
  CHECK(job.api.key_env == "OPENAI_API_KEY");
  CHECK_FALSE(job.limits.concurrency);
  CHECK(job.limits.share == 1.0);
  CHECK(job.retry.attempts == defaults.retry.attempts);
  CHECK(job.stop.failures == defaults.stop.failures);
}

TEST_CASE("the default output is named after the job") {
  CHECK(load_with("name: nightly").output.path == "nightly.results.jsonl");
}

TEST_CASE("the input may be a list of paths, or standard input") {
  const std::vector<std::string> two{"a.jsonl", "b/*.jsonl.gz"};
  CHECK(spec_file("input: {path: [a.jsonl, b/*.jsonl.gz]}").load().input.paths == two);
  CHECK(spec_file("input:\n  path:\n    - a.jsonl\n    - b/*.jsonl.gz\n").load().input.paths ==
        two);
  CHECK(spec_file("input: {path: \"-\"}").load().input.paths == std::vector<std::string>{"-"});
}

TEST_CASE("every limit may be auto") {
  const auto job = load_with(
      "limits: {concurrency: auto, requests_per_minute: auto, tokens_per_minute: auto, "
      "share: auto}");
  CHECK_FALSE(job.limits.concurrency);
  CHECK_FALSE(job.limits.requests_per_minute);
  CHECK_FALSE(job.limits.tokens_per_minute);
  CHECK(job.limits.share == 1.0);
}

TEST_CASE("large numbers may be written in groups or with an exponent") {
  const auto* text = GENERATE("2000000", "2_000_000", "2e6", "2.0e6", "2E+6");
  CAPTURE(text);
  const auto job = load_with(std::string("limits: {tokens_per_minute: ") + text +
                             "}\nstop: {after: " + text + "}");
  CHECK(job.limits.tokens_per_minute == 2000000.0);
  CHECK(job.stop.after == 2000000);
}

TEST_CASE("a share may be a percentage or a number") {
  CHECK(load_with("stop: {failures: 5%}").stop.failures == 0.05);
  CHECK(load_with("stop: {failures: \"5%\"}").stop.failures == 0.05);
  CHECK(load_with("stop: {failures: 0.05}").stop.failures == 0.05);
  CHECK(load_with("stop: {failures: .5}").stop.failures == 0.5);
  CHECK(load_with("stop: {failures: 0}").stop.failures == 0.0);
  CHECK(load_with("stop: {failures: 100%}").stop.failures == 1.0);
  CHECK(load_with("stop: {failures: 2.5 %}").stop.failures == 0.025);
}

TEST_CASE("durations have units; bare numbers are seconds") {
  CHECK(load_with("api: {timeout: 1h30m}").api.timeout == duration(90min));
  CHECK(load_with("api: {timeout: \"90s\"}").api.timeout == duration(90s));
  CHECK(load_with("api: {timeout: 20}").api.timeout == duration(20s));
  CHECK(load_with("api: {timeout: 0.5}").api.timeout == duration(500ms));
  CHECK(load_with("retry: {initial_delay: 0s}").retry.initial_delay == duration(0s));
}

TEST_CASE("the key's place may be a file or a descriptor") {
  CHECK(load_with("api: {key_file: secrets/key}").api.key_file == "secrets/key");
  CHECK(load_with("api: {key_fd: 3}").api.key_fd == 3);
}

TEST_CASE("a section whose keys are all commented out is empty") {
  CHECK(load_with("limits:\n  # concurrency: 5\nmodel: m\n").model == "m");
}

TEST_CASE("text is UTF-8, quoted or plain, with or without a byte order mark") {
  CHECK(load_with("name: 'it''s'").name == "it's");
  CHECK(load_with("name: \"\\u00fc\"").name == "ü");
  CHECK(load_with("name: übung").name == "übung");
  CHECK(load_with("name: !!str 2026").name == "2026");
  CHECK(spec_file("\xef\xbb\xbfinput: {path: a}").load().where("input.path").ends_with(":1:15"));
  CHECK(spec_file("input:\r\n  path: a.jsonl\r\nname: n\r\n").load().input.paths[0] == "a.jsonl");
}

TEST_CASE("aliases and merge keys work as YAML says") {
  const auto job = spec_file(R"(input: &in {path: a.jsonl, id: x}
template:
  a: &said {role: user, content: hi}
  b: *said
  c: {<<: *said, role: system}
  d: {<<: [{role: tool}, *said]}
  e: {"<<": kept}
)")
                       .load();
  CHECK(job.body_template.text ==
        R"({"a":{"role":"user","content":"hi"},"b":{"role":"user","content":"hi"},)"
        R"("c":{"role":"system","content":"hi"},"d":{"role":"tool","content":"hi"},)"
        R"("e":{"<<":"kept"}})");
}

TEST_CASE("one document may be framed by its markers") {
  CHECK(spec_file("%YAML 1.2\n---\ninput: {path: a}\n...\n").load().input.paths[0] == "a");
}

TEST_CASE("JSON is YAML") {
  const auto job = spec_file(R"({"input": {"path": "a.jsonl"}, "stop": {"after": 7}})").load();
  CHECK(job.stop.after == 7);
}

TEST_CASE("names that only begin like keys are no API keys") {
  CHECK(load_with("name: sk-tickets").name == "sk-tickets");
  CHECK(load_with("template: {enum: [en-US, sk-SK]}").body_template.text ==
        R"({"enum":["en-US","sk-SK"]})");
}

TEST_CASE("limits as a whole may be auto, other sections may not") {
  const auto job = load_with("limits: auto");
  CHECK_FALSE(job.limits.requests_per_minute);
  CHECK_FALSE(job.limits.concurrency);
  CHECK_THROWS_WITH(load_with("retry: auto"), ContainsSubstring("`retry` must be a mapping"));
  CHECK_THROWS_WITH(load_with("limits: fast"), ContainsSubstring("`limits` must be a mapping"));
}

TEST_CASE("what answers must be is written as a schema, as a file of one or as a list") {
  using batchmill::finish_rule;
  const auto none = load_with("").expect;
  CHECK_FALSE(none.given());
  CHECK(none.attempts == 3);
  const auto inline_schema = load_with("expect: {schema: {type: object, maximum: 1.50}}\n").expect;
  CHECK(inline_schema.schema.text.text == R"({"type":"object","maximum":1.50})");
  CHECK(inline_schema.given());
  const auto file = load_with("expect: {schema: a.json, attempts: 5, finish: stop}\n").expect;
  CHECK(file.schema.text.text.empty());
  CHECK(file.schema.file == "a.json");
  CHECK(file.attempts == 5);
  CHECK(file.finish == finish_rule::stop);
  const auto labels = load_with("expect: {one_of: [bug, a wish]}\n").expect;
  CHECK(labels.one_of == std::vector<std::string>{"bug", "a wish"});
  CHECK(labels.given());
  CHECK(load_with("expect: {finish: stop}\n").expect.given());
}

TEST_CASE("the folder of the rows' files is a path") {
  CHECK(spec_file("input: {path: a, files_root: ../images}\n").load().input.files_root ==
        "../images");
}

TEST_CASE("equal rows are sent once, or not, or where it makes no difference") {
  CHECK_FALSE(load_with("").dedupe.has_value());
  CHECK_FALSE(load_with("dedupe: auto\n").dedupe.has_value());
  CHECK(load_with("dedupe: true\n").dedupe == true);
  CHECK(load_with("dedupe: false\n").dedupe == false);
}

TEST_CASE("Azure has a variable for the key of its own") {
  const std::string azure = "flavor: azure, base_url: 'https://r.openai.azure.com'";
  const auto job = load_with("api: {" + azure + ", api_version: 2025-01-01-preview}");
  CHECK(job.api.flavor == batchmill::api_flavor::azure);
  CHECK(job.api.key_env == "AZURE_OPENAI_API_KEY");
  CHECK(job.api.api_version == "2025-01-01-preview");
  CHECK(load_with("api: {" + azure + ", key_env: MINE}").api.key_env == "MINE");
  CHECK(load_with("").api.flavor == batchmill::api_flavor::openai);
}

TEST_CASE("rows may be sent by GET, and files in answers have a folder") {
  CHECK(load_with("").method == batchmill::request_method::post);
  CHECK(load_with("method: GET").method == batchmill::request_method::get);
  CHECK(load_with("output: {artifacts: images}").output.artifacts == "images");
}

TEST_CASE("recordings are rows where an endpoint writes down what is said") {
  const auto format = [](const std::string& path, const std::string& endpoint) {
    return spec_file("input: {path: " + path + "}\nendpoint: " + endpoint).load().input.format;
  };
  CHECK(format("'calls/*.mp3'", "/v1/audio/transcriptions") == row_format::files);
  CHECK(format("[a.wav, b.flac]", "/v1/audio/translations") == row_format::files);
  CHECK_FALSE(format("[a.wav, b.jsonl]", "/v1/audio/transcriptions"));
  CHECK_FALSE(format("a.mp3", "/v1/chat/completions"));
}

TEST_CASE("a budget is an amount of dollars, however it is written") {
  for (const char* amount : {"25 USD", "25USD", "$25", "25", "25.00 USD", "2_5 USD"}) {
    CAPTURE(amount);
    const spec_file file("input: {path: a}\nlimits: {budget: " + std::string(amount) + "}\n");
    CHECK(file.load().limits.budget == batchmill::money::dollars(25));
  }
  CHECK_FALSE(spec_file("input: {path: a}\nlimits: {budget: auto}\n").load().limits.budget);
  CHECK_FALSE(spec_file("input: {path: a}\nlimits: auto\n").load().limits.budget);
}

TEST_CASE("an amount of memory may be in kB, MB or GB") {
  const auto bytes = [](const std::string& amount) {
    return load_with("api: {max_response: " + amount + "}\n").api.max_response.bytes;
  };
  CHECK(bytes("1500") == 1500);
  CHECK(bytes("64MB") == 64'000'000);
  CHECK(bytes("1.5 GB") == 1'500'000'000);
  CHECK(bytes("20 kB") == 20'000);
  CHECK(bytes("20KB") == 20'000);
}

TEST_CASE("how long an outage may last is given, or left to the program") {
  CHECK(load_with("retry: {outage: 0s}\n").retry.outage == duration(0s));
  CHECK_FALSE(load_with("retry: {outage: auto}\n").retry.outage);
  CHECK_FALSE(load_with("").retry.outage);
}
