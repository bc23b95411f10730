#include "jobs/moderations.hpp"

#include "batchmill/json_text.hpp"
#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

job_spec moderation_spec() {
  job_spec spec;
  spec.file = "triage.yaml";
  spec.endpoint = "/v1/moderations";
  return spec;
}

/// A result with scores for hate and violence; from 0.5 on the server says yes.
std::string result(const std::string& hate, const std::string& violence) {
  const bool hates = std::stod(hate) >= 0.5;
  const bool hurts = std::stod(violence) >= 0.5;
  const auto word = [](bool yes) { return std::string(yes ? "true" : "false"); };
  return R"({"flagged":)" + word(hates || hurts) + R"(,"categories":{"hate":)" + word(hates) +
         R"(,"violence":)" + word(hurts) + R"(},"category_scores":{"hate":)" + hate +
         R"(,"violence":)" + violence + "}}";
}

std::vector<reading> read(const job_spec& spec, const std::vector<std::string>& rows,
                          const std::string& results) {
  const auto job = jobs::make_moderations(spec, row_format::bodies);
  std::vector<prepared_request> made;
  for (const std::string& row : rows) made.push_back(*job->prepare(line_17(row)));
  std::vector<const prepared_request*> asked;
  for (const prepared_request& p : made) asked.push_back(&p);
  std::vector<reading> each;
  const std::string body = R"({"id":"modr-1","results":[)" + results + "]}";
  const reading whole = job->read_packed(http_response(200, "", body), asked, each);
  if (each.empty()) CHECK(whole.kind == answer_kind::transient);
  return each;
}

using names = std::vector<std::string>;

}  // namespace

TEST_CASE("each row of a pack gets its verdict, as the server wrote it") {
  const std::string first = result("0.10", "0.2");
  const std::string second = result("0.1", "0.90");
  const auto each =
      read(moderation_spec(), {R"({"input":"a"})", R"({"input":"b"})"}, first + ',' + second);
  REQUIRE(each.size() == 2);
  CHECK(each[0].body == R"({"id":"modr-1","results":[)" + first + "]}");
  CHECK(each[1].body == R"({"id":"modr-1","results":[)" + second + "]}");
  CHECK(each[0].labels.empty());
  CHECK(each[1].labels == names{"flagged", "violence"});
}

TEST_CASE("the text format says what fired and the highest score") {
  job_spec spec = moderation_spec();
  spec.output.format = output_format::text;
  const auto each = read(spec, {R"({"input":"a"})"}, result("0.7", "0.90"));
  CHECK(each[0].members == R"("flagged":true,"categories":["hate","violence"],"score":0.90)");
}

TEST_CASE("thresholds of the user's own decide, for the categories that they name") {
  job_spec spec = moderation_spec();
  spec.output.format = output_format::text;
  spec.thresholds.text = R"({"violence":0.95})";
  auto each = read(spec, {R"({"input":"a"})"}, result("0.1", "0.90"));
  CHECK(each[0].members == R"("flagged":false,"categories":[],"score":0.90)");
  CHECK_THAT(each[0].body, ContainsSubstring(R"({"flagged":false,"categories":{"hate":false,)"
                                             R"("violence":false},"category_scores":{"hate":0.1,)"
                                             R"("violence":0.90}})"));
  CHECK(read(spec, {R"({"input":"a"})"}, result("0.6", "0.9"))[0].labels ==
        names{"flagged", "hate"});
  spec.thresholds.text = R"({"violence":0.05})";
  CHECK(read(spec, {R"({"input":"a"})"}, result("0.1", "0.2"))[0].labels ==
        names{"flagged", "violence"});
}

TEST_CASE("thresholds that cannot be meant are refused") {
  job_spec spec = moderation_spec();
  spec.marks["thresholds.violense"] = {3, 14};
  spec.thresholds.text = R"({"violense":0.5})";
  const auto complaint = [&] {
    return usage_error_of([&] { jobs::make_moderations(spec, row_format::bodies); });
  };
  CHECK(complaint() ==
        "triage.yaml:3:14: there is no moderation category 'violense'; did you mean 'violence'?");
  for (const char* value : {"1.5", "-1", "\"high\"", "true"}) {
    spec.thresholds.text = R"({"violence":)" + std::string(value) + '}';
    CHECK_THAT(complaint(), ContainsSubstring("a threshold must be a number from 0 to 1"));
  }
}

TEST_CASE("a long text is sent in pieces, and each category's highest score counts") {
  std::string text;
  while (text.size() < 14'000) text += "word ";
  const std::string row = R"({"input":")" + text + R"("})";
  const auto each =
      read(moderation_spec(), {row, R"({"input":"b"})"},
           result("0.6", "0.1") + ',' + result("0.2", "0.3") + ',' + result("0.0", "0.0"));
  REQUIRE(each.size() == 2);
  CHECK(each[0].body == R"({"id":"modr-1","results":[{"flagged":true,"categories":{"hate":true,)"
                        R"("violence":false},"category_scores":{"hate":0.6,"violence":0.3}}]})");
  CHECK(each[0].labels == names{"flagged", "hate"});
  CHECK(each[1].labels.empty());
}

TEST_CASE("texts and pictures of one row are one input, sent alone") {
  const auto job = jobs::make_moderations(moderation_spec(), row_format::bodies);
  const std::string row = R"({"input":[{"type":"text","text":"a"}]})";
  const auto prepared = job->prepare(line_17(row));
  CHECK(prepared->inputs.count == 0);
  CHECK(prepared->request.body == row);
  CHECK(read(moderation_spec(), {row}, result("0.1", "0.9")).size() == 1);
}

TEST_CASE("a pack with a result too few is asked for again") {
  CHECK(
      read(moderation_spec(), {R"({"input":"a"})", R"({"input":"b"})"}, result("0", "0")).empty());
}
