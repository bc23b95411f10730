#include "jobs/body.hpp"

#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using jobs::body_completion;
using jobs::body_facts;
using jobs::estimate_tokens;

namespace {

job_spec with_parameters(const std::string& model, const std::string& parameters) {
  job_spec spec = spec_with();
  spec.model = model;
  spec.parameters.text = parameters;
  spec.marks["parameters"] = {12, 3};
  return spec;
}

std::string completed(const job_spec& spec, std::string body) {
  body_completion(spec).complete(body);
  return body;
}

body_facts facts_of(const job_spec& spec, std::string body) {
  return body_completion(spec).complete(body);
}

}  // namespace

TEST_CASE("model and parameters are added where the body lacks them") {
  const auto spec = with_parameters("m", R"({"temperature":0.0,"stop":["\n"]})");
  CHECK(completed(spec, R"({"messages":[]})") ==
        R"({"messages":[],"model":"m","temperature":0.0,"stop":["\n"]})");
  CHECK(completed(spec, "{}") == R"({"model":"m","temperature":0.0,"stop":["\n"]})");
}

TEST_CASE("the row's own members win, however they are spelt") {
  const auto spec = with_parameters("m", R"({"temperature":0,"stop":"x"})");
  const std::string own = R"({"mod\u0065l":"own","temperature":1e400,"stop":null})";
  CHECK(completed(spec, own) == own);
  CHECK(facts_of(spec, own).model == "own");
}

TEST_CASE("only members of the body itself count") {
  CHECK(completed(with_parameters("m", ""), R"({"a":{"model":"inner"}})") ==
        R"({"a":{"model":"inner"},"model":"m"})");
}

TEST_CASE("without model and parameters the body stays as it is") {
  const auto spec = with_parameters("", "");
  CHECK(completed(spec, R"({"a":1})") == R"({"a":1})");
  CHECK_FALSE(facts_of(spec, R"({"a":1})").has_model);
}

TEST_CASE("facts come from the body and from what was added") {
  const auto spec = with_parameters("m", R"({"max_completion_tokens":5,"n":3})");
  auto facts = facts_of(spec, "{}");
  CHECK(facts.has_model);
  CHECK(facts.model == "m");
  CHECK(facts.max_output == 5);
  CHECK(facts.choices == 3);
  CHECK_FALSE(facts.stream);

  facts = facts_of(spec, R"({"max_completion_tokens":7,"n":1,"stream":true})");
  CHECK(facts.max_output == 7);
  CHECK(facts.choices == 1);
  CHECK(facts.stream);

  const auto none = with_parameters("", "");
  CHECK(facts_of(none, R"({"max_tokens":9})").max_output == 9);
  CHECK(facts_of(none, R"({"max_output_tokens":9})").max_output == 9);
  CHECK_FALSE(facts_of(none, R"({"max_tokens":null,"n":null})").max_output);
  CHECK(facts_of(none, R"({"n":0})").choices == 1);
  CHECK_FALSE(facts_of(none, R"({"stream":false})").stream);
}

TEST_CASE("a model that is no string is there, but has no name") {
  const auto facts = facts_of(with_parameters("m", ""), R"({"model":7})");
  CHECK(facts.has_model);
  CHECK(facts.model.empty());
}

TEST_CASE("parameters that cannot work are refused") {
  CHECK(usage_error_of([] { body_completion(with_parameters("m", "[]")); }) ==
        "triage.yaml:12:3: `parameters` must be a mapping");
  CHECK(usage_error_of([] { body_completion(with_parameters("m", R"({"model":"x"})")); }) ==
        "triage.yaml:12:3: the model stands here and in `model`; remove one of them");
  CHECK(completed(with_parameters("", R"({"model":"x"})"), "{}") == R"({"model":"x"})");
}

TEST_CASE("tokens are estimated as a quarter of the characters, rounded up") {
  CHECK(estimate_tokens("") == 0);
  CHECK(estimate_tokens("{}") == 1);
  CHECK(estimate_tokens("12345") == 2);
  std::string umlauts;
  for (std::size_t n = 0; n < 40; ++n) {
    CHECK(estimate_tokens(umlauts) == static_cast<std::int64_t>((n + 3) / 4));
    CHECK(estimate_tokens("abc" + umlauts) == static_cast<std::int64_t>((n + 6) / 4));
    umlauts += "\xC3\xA4";
  }
  CHECK(estimate_tokens("\xF0\x9F\x98\x80\xE2\x82\xAC\x7F~") == 1);
}

TEST_CASE("images in a body count by the rule of thumb, not by their characters") {
  const std::string data(100'000, 'A');
  const std::string before = R"({"type":"image_url","image_url":{"url":")";
  const std::string url = "data:image/png;base64," + data;
  const std::int64_t frame = estimate_tokens(before + R"("}})");
  const std::int64_t usual = estimate_tokens(before + url + R"("}})");
  CHECK(usual == frame + 765);
  const std::int64_t low = estimate_tokens(before + url + R"(","detail":"low"}})");
  CHECK(low < 200);
  CHECK(low > 85);
  CHECK(estimate_tokens(R"([{"detail":"low","image_url":")" + url + R"("},{"image_url":")" + url +
                        R"("}])") < 85 + 765 + 30);
  CHECK(estimate_tokens(R"({"text":"data:image/png"})") == 7);
  CHECK(estimate_tokens(R"({"text":"&amp;base64,"})") == 6);
}
