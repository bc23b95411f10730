#include "batchmill/plan.hpp"

#include <random>
#include <set>

#include "batchmill/error.hpp"
#include "runner/plan/hash_set.hpp"
#include "runner/plan/sample.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

class fixture {
 public:
  explicit fixture(const std::string& rows) {
    spec.input.paths = {folder.write("rows.jsonl", rows)};
    spec.input.format = row_format::bodies;
    spec.model = "gpt-4o-mini";
  }

  plan_report plan(const std::string& tier = "") const {
    plan_options options;
    options.tier = tier;
    return batchmill::plan(spec, options);
  }

  temporary_folder folder;
  job_spec spec;
};

std::string repeated(const std::string& line, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += line + "\n";
  return text;
}

}  // namespace

TEST_CASE("a plan: rows, requests, tokens and money of one model") {
  const fixture f(
      repeated(R"({"messages":[{"role":"user","content":"one two"}],"max_tokens":10})", 100));
  const plan_report p = f.plan();
  CHECK(p.rows == 100);
  CHECK(p.requests == 100);
  CHECK(p.faulty == 0);
  REQUIRE(p.models.size() == 1);
  const model_plan& m = p.models[0];
  CHECK(m.most_output == 1000);
  CHECK(m.online.least->pico() == m.prompt_tokens * 150'000);
  CHECK(m.online.most->pico() == m.prompt_tokens * 150'000 + 1000 * 600'000);
  CHECK(m.batch.most->pico() * 2 == m.online.most->pico());
  CHECK_FALSE(m.time);
}

TEST_CASE("a plan: the limits of a tier tell the time, those of the spec win") {
  fixture f(repeated(R"({"messages":[],"max_tokens":10})", 1000));
  CHECK(f.plan("tier_1").models[0].requests_limit == 500);
  CHECK(f.plan("tier_1").models[0].time == std::chrono::minutes(2));
  f.spec.limits.requests_per_minute = 100;
  f.spec.limits.share = 0.5;
  CHECK(f.plan("tier_1").models[0].time == std::chrono::minutes(20));
  CHECK(f.plan().models[0].time == std::chrono::minutes(20));
}

TEST_CASE("a plan: the way that the run goes, and how long that takes") {
  fixture f(repeated(R"({"messages":[],"max_tokens":10})", 1000));
  f.spec.output.path = f.folder.path("out.jsonl");
  CHECK_FALSE(f.plan().way.batch);
  CHECK_FALSE(f.plan().models[0].batch_time);

  f.spec.mode = run_mode::batch;
  CHECK(f.plan().way.batch);
  CHECK(f.plan().way.why.empty());
  CHECK(f.plan().models[0].batch_time == std::chrono::hours(24));
  f.spec.batch.enqueued_tokens = f.plan().models[0].prompt_tokens / 3 + 1;
  CHECK(f.plan().models[0].batch_time == std::chrono::hours(72));

  f.spec.mode = run_mode::by_run;
  CHECK(f.plan().way.batch);
  CHECK(f.plan().way.why == "half the price, within a day");
  f.spec.deadline = "6h";
  CHECK_FALSE(f.plan().way.batch);
  CHECK(f.plan().way.why.starts_with("a batch may take a day"));
  CHECK(*f.plan().way.time_given > std::chrono::hours(5));
}

TEST_CASE("a plan: equal requests are sent once where the run would") {
  fixture f(repeated(R"({"messages":[],"temperature":0})", 10) + repeated(R"({"messages":[]})", 5));
  CHECK(f.plan().shared == 9);
  CHECK(f.plan().requests == 6);
  f.spec.dedupe = false;
  CHECK(f.plan().shared == 0);
}

TEST_CASE("a plan: embeddings are packed, and have no output") {
  std::string rows;
  for (int i = 0; i < 5000; ++i) rows += R"({"input":"text )" + std::to_string(i) + "\"}\n";
  fixture f(rows);
  f.spec.endpoint = "/v1/embeddings";
  f.spec.model = "text-embedding-3-small";
  CHECK(f.plan().requests == 3);
  CHECK(f.plan().models[0].most_output == 0);
  CHECK(f.plan().models[0].online.least == f.plan().models[0].online.most);
}

TEST_CASE("a plan: what is not known is not said") {
  fixture f(repeated(R"({"messages":[]})", 3));
  CHECK(f.plan().models[0].most_output == 3 * 16'384);  // the model's own bound
  f.spec.model = "house-model";
  CHECK_FALSE(f.plan().models[0].most_output);
  CHECK_FALSE(f.plan().models[0].online.least);
  f.spec.models.json = R"({"models":{"house-model":{"prices":{"input":1,"output":2}}}})";
  CHECK(f.plan().models[0].online.least);
  CHECK_FALSE(f.plan().models[0].online.most);
  CHECK_FALSE(f.plan().models[0].batch.least);
}

TEST_CASE("a plan: long prompts, service tiers and several models are priced apart") {
  const fixture f(
      R"({"model":"gpt-5.6-luna","messages":[],"max_completion_tokens":1})"
      "\n"
      R"({"model":"gpt-5.6-luna","messages":[],"max_completion_tokens":1,"service_tier":"flex"})"
      "\n"
      R"({"model":"gpt-4.1","messages":[],"max_completion_tokens":1})"
      "\n"
      R"({"model":"gpt-5.6-luna","max_completion_tokens":1,"messages":[{"content":")" +
      std::string(2'400'000, 'a') + "\"}]}\n");
  const plan_report p = f.plan();
  REQUIRE(p.models.size() == 2);
  CHECK(p.models[1].requests == 3);
  std::int64_t small = 0;
  for (const long_prompt& l : p.longest) small += l.tokens < 100 ? l.tokens : 0;
  const std::int64_t big = p.longest[0].tokens;
  CHECK(big > 272'000);
  // The long one costs double, the flexible one half.
  const std::int64_t least = p.models[1].online.least->pico();
  CHECK(least > big * 400'000);
  CHECK(least < (big + small) * 400'000);
}

TEST_CASE("a plan: rows that cannot be sent are counted by cause and shown") {
  const fixture f(repeated(R"({"messages":[]})", 3) + "nonsense\n" +
                  repeated(R"({"messages":[],"max_tokens":999999})", 7));
  const plan_report p = f.plan();
  CHECK(p.faulty == 8);
  CHECK(p.failures.at("context_length_exceeded") == 7);
  CHECK(p.failures.at("invalid_row") == 1);
  CHECK(p.first_failures.size() == 5);
  CHECK(p.requests == 3);
}

TEST_CASE("a plan: the longest prompts, the most first") {
  std::string rows;
  for (int i = 1; i <= 20; ++i)
    rows += R"({"messages":[{"content":")" + std::string(static_cast<std::size_t>(i) * 100, 'a') +
            "\"}]}\n";
  const plan_report p = fixture(rows).plan();
  REQUIRE(p.longest.size() == 5);
  CHECK(p.longest[0].place.ends_with("rows.jsonl:20"));
  CHECK(p.longest[4].place.ends_with("rows.jsonl:16"));
}

TEST_CASE("a plan of no rows is refused") {
  CHECK_THROWS_AS(fixture("").plan(), usage_error);
}

TEST_CASE("a sample takes every row as often as any other") {
  std::vector<int> taken(100);
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    row_sample sample(10, seed);
    for (std::uint64_t i = 0; i < 100; ++i) sample.offer(row(i, "", nullptr, i));
    const auto rows = sample.take();
    REQUIRE(rows.size() == 10);
    CHECK(std::ranges::is_sorted(rows, {}, &row::index));
    for (const row& r : rows) ++taken[r.index];
  }
  for (const int times : taken) CHECK((times > 130 && times < 280));
}

TEST_CASE("a sample of few rows takes all") {
  row_sample sample(10, 1);
  for (std::uint64_t i = 0; i < 3; ++i) sample.offer(row(i, "", nullptr, i));
  CHECK(sample.take().size() == 3);
  CHECK(row_sample(0, 1).take().empty());
}

TEST_CASE("a set of hashes knows what it saw") {
  hash_set seen;
  std::set<std::uint64_t> reference;
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t hash = random() % 10'000 * 0x9E3779B97F4A7C15U;
    CHECK(seen.insert(hash) == reference.insert(hash).second);
  }
}
