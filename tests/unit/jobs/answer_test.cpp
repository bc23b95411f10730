#include "jobs/answer.hpp"

#include "batchmill/json_text.hpp"
#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using jobs::failure_judge;
using jobs::quoted_beginning;

namespace {

reading failed(int status, const std::string& body, const job_spec& spec = spec_with(),
               row_format format = row_format::bodies) {
  return jobs::read_failure(http_response(status, "", body), failure_judge(spec, format));
}

std::string unknown_model(const std::string& name) {
  return R"({"error":{"code":"model_not_found","message":"The model `)" + name +
         R"(` does not exist or you do not have access to it.","param":null,)"
         R"("type":"invalid_request_error"}})";
}

}  // namespace

TEST_CASE("a failure keeps the server's body, minified, and its words") {
  const reading r = failed(400, "{\n  \"error\": {\"message\": \"No  such\", \"code\": \"c\"}\n}");
  CHECK(r.kind == answer_kind::row_failed);
  CHECK(r.body == R"({"error":{"message":"No  such","code":"c"}})");
  CHECK(r.message == "No  such");
  CHECK(r.code == "c");
  CHECK(r.advice.empty());
}

TEST_CASE("a failure that is no JSON becomes a string of at most 16 KiB") {
  reading r = failed(502, "<html>\n<h1>\"Bad\"</h1>");
  CHECK(r.kind == answer_kind::transient);
  CHECK(r.body == R"("<html>\n<h1>\"Bad\"</h1>")");
  CHECK(r.code == "http_error");
  CHECK(failed(502, "").body == "\"\"");
  CHECK(failed(500, std::string(100'000, 'x')).body.size() == 16 * 1024 + 2);
  CHECK_FALSE(json::validate(failed(500, "\xFF{").body));
}

TEST_CASE("a long text is not cut in the middle of a character") {
  std::string text = "x";
  for (int i = 0; i < 16 * 1024; ++i) text += "\xC3\xA4";
  const std::string quoted = quoted_beginning(text);
  CHECK(quoted.size() == 16 * 1024 - 1 + 2);
  CHECK(quoted.find("\xEF\xBF\xBD") == std::string::npos);
}

TEST_CASE("the wait of a rate limit is handed on") {
  const reading r = failed(429, R"({"error":{"message":"Please try again in 1.5s."}})");
  CHECK(r.kind == answer_kind::rate_limited);
  CHECK(r.wait == std::chrono::milliseconds(1500));
}

TEST_CASE("a run that must stop comes with advice") {
  CHECK_THAT(failed(429, R"({"error":{"code":"insufficient_quota"}})").advice,
             ContainsSubstring("Add credit"));
  CHECK_THAT(failed(403, R"({"error":{"code":"access_terminated"}})").advice,
             ContainsSubstring("support"));
  CHECK_THAT(failed(403, R"({"error":{"code":"unsupported_country_region_territory"}})").advice,
             ContainsSubstring("country"));
  CHECK_THAT(failed(401, "{}").advice, ContainsSubstring("environment variable OPENAI_API_KEY"));

  SECTION("that names where the key comes from") {
    job_spec spec = spec_with();
    spec.api.key_file = "key.txt";
    CHECK_THAT(failed(401, "{}", spec).advice, ContainsSubstring("the file key.txt"));
    spec.api.key_file.clear();
    spec.api.key_fd = 3;
    CHECK_THAT(failed(401, "{}", spec).advice, ContainsSubstring("file descriptor 3"));
  }
}

TEST_CASE("an unknown model stops the run when it is the spec's") {
  job_spec spec = spec_with();
  spec.model = "gpt-x";
  spec.marks["model"] = {3, 8};
  const reading r = failed(404, unknown_model("gpt-x"), spec);
  CHECK(r.kind == answer_kind::run_stopped);
  CHECK(r.advice ==
        "Check the model 'gpt-x' (triage.yaml:3:8): the server does not know it, or the "
        "key may not use it.");
  CHECK(
      failed(
          400,
          R"({"error":{"code":"model_not_found","message":"The requested model 'gpt-x' does not exist."}})",
          spec)
          .kind == answer_kind::run_stopped);
}

TEST_CASE("an unknown model that a row names itself fails the row") {
  CHECK(failed(404, unknown_model("own")).kind == answer_kind::row_failed);
  job_spec spec = spec_with();
  spec.model.clear();
  CHECK(failed(404, unknown_model("own"), spec).kind == answer_kind::row_failed);
  const job_spec templated = spec_with(R"({"model":"{{ m }}"})");
  CHECK(failed(404, unknown_model("own"), templated, row_format::rows).kind ==
        answer_kind::row_failed);
}

TEST_CASE("with a template that names the model, or none, every row has the same one") {
  const job_spec fixed = spec_with(R"({"model":"fixed"})");
  const reading r = failed(404, unknown_model("alias of fixed"), fixed, row_format::rows);
  CHECK(r.kind == answer_kind::run_stopped);
  CHECK_THAT(r.advice, ContainsSubstring("'fixed' (triage.yaml:7:3)"));
  CHECK(failed(404, unknown_model("alias"), spec_with("{}"), row_format::rows).kind ==
        answer_kind::run_stopped);
}
