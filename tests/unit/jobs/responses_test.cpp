#include "jobs/responses.hpp"

#include "batchmill/json_text.hpp"
#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

job_spec responses_spec(const std::string& body_template = "") {
  job_spec spec = spec_with(body_template);
  spec.endpoint = "/v1/responses";
  return spec;
}

reading read(const std::string& body, int status = 200) {
  job_spec spec = responses_spec();
  spec.output.format = output_format::text;
  return jobs::make_responses(spec, row_format::bodies)->read(http_response(status, "", body));
}

std::string answer(const std::string& output, const std::string& further = "") {
  return R"({"id":"resp_1","object":"response","status":"completed","error":null,)"
         R"("incomplete_details":null,"output":)" +
         output + further +
         R"(,"usage":{"input_tokens":9,"input_tokens_details":{"cached_tokens":3},)"
         R"("output_tokens":1,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":10}})";
}

std::string message(const std::string& parts) {
  return R"({"type":"message","role":"assistant","content":[)" + parts + "]}";
}

prepared_request prepared(const job_spec& spec, row_format format, const std::string& row) {
  const auto job = jobs::make_responses(spec, format);
  auto result = job->prepare(line_17(row));
  REQUIRE(result.has_value());
  return std::move(*result);
}

}  // namespace

TEST_CASE("a response's text is that of all its messages' parts, raw") {
  const reading r =
      read(answer("[" + std::string(R"({"type":"reasoning","summary":[{"text":"hm"}]},)") +
                  message(R"({"type":"output_text","text":"4 \u00e4"})") + "," +
                  message(R"({"type":"output_text","text":"\n5"})") + "]"));
  CHECK(r.kind == answer_kind::success);
  CHECK(r.text == R"("4 \u00e4\n5")");
  CHECK(r.tokens.prompt == 9);
  CHECK(r.tokens.completion == 1);
  CHECK(r.tokens.cached == 3);
  CHECK(r.usage.starts_with(R"({"input_tokens":9)"));
}

TEST_CASE("a response without text gives its refusal, and null without either") {
  CHECK(read(answer("[" + message(R"({"type":"refusal","refusal":"No."})") + "]")).text ==
        "\"No.\"");
  CHECK(read(answer(R"([{"type":"function_call","name":"f","arguments":"{}"}])")).text == "null");
  CHECK(read(answer("[]")).text == "null");
}

TEST_CASE("an incomplete response is a failure that keeps the answer and what it cost") {
  const std::string body =
      answer("[" + message(R"({"type":"output_text","text":"4"})") + "]",
             R"(,"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"})");
  const reading r = read(body);
  CHECK(r.kind == answer_kind::row_failed);
  CHECK(r.code == "incomplete_max_output_tokens");
  CHECK(r.message == "the answer is incomplete: max_output_tokens");
  CHECK(r.body == body);
  CHECK(r.text == "\"4\"");
  CHECK(r.tokens.total == 10);
}

TEST_CASE("a response that failed has the reason of its error") {
  const auto failed = [](const std::string& error) {
    return read(R"({"status":"failed","output":[],"error":)" + error + "}");
  };
  const reading busy = failed(R"({"code":"server_error","message":"Oops."})");
  CHECK(busy.kind == answer_kind::transient);
  CHECK(busy.code == "server_error");
  CHECK(busy.message == "Oops.");
  CHECK(failed(R"({"code":"rate_limit_exceeded","message":"Slow."})").kind ==
        answer_kind::rate_limited);
  CHECK(failed(R"({"code":"invalid_prompt","message":"Bad."})").kind == answer_kind::row_failed);
  CHECK(failed("null").kind == answer_kind::row_failed);
  CHECK(failed("null").code == "failed");
}

TEST_CASE("a response that is still being made tells what to do") {
  const reading r = read(R"({"status":"queued","output":[],"error":null})");
  CHECK(r.kind == answer_kind::row_failed);
  CHECK(r.message ==
        "the answer is not ready but 'queued'; remove `background`, so that the server answers at "
        "once");
}

TEST_CASE("a response without output may be better when sent again") {
  CHECK(read(R"({"status":"completed"})").kind == answer_kind::transient);
  CHECK(read("{").code == "malformed_response");
  CHECK(read("{}", 500).kind == answer_kind::transient);
}

TEST_CASE("responses are not stored unless the row or the spec says so") {
  job_spec spec = responses_spec(R"({"input":"{{ text }}"})");
  const std::string row = R"({"text":"hi"})";
  CHECK(prepared(spec, row_format::rows, row).request.body ==
        R"({"input":"hi","model":"gpt-4o-mini","store":false})");
  spec.parameters.text = R"({"store":true})";
  CHECK(prepared(spec, row_format::rows, row).request.body ==
        R"({"input":"hi","model":"gpt-4o-mini","store":true})");
  CHECK(prepared(responses_spec(), row_format::bodies, R"({"input":"hi","store":true})")
            .request.body == R"({"input":"hi","store":true,"model":"gpt-4o-mini"})");
}

TEST_CASE("a response's output is estimated by its bound") {
  const job_spec spec = responses_spec();
  CHECK(prepared(spec, row_format::bodies, R"({"input":"hi"})").max_output_tokens == 512);
  CHECK(prepared(spec, row_format::bodies, R"({"input":"hi","max_output_tokens":64})")
            .max_output_tokens == 64);
  CHECK(prepared(spec, row_format::bodies, R"({"input":"hi"})").request.target == "/v1/responses");
}
