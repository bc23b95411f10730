#include "jobs/chat.hpp"

#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

reading read(const std::string& body, output_format format = output_format::text,
             int status = 200) {
  job_spec spec = spec_with();
  spec.output.format = format;
  return jobs::make_chat(spec, row_format::bodies)->read(http_response(status, "", body));
}

std::string answer(const std::string& message) {
  return R"({"id":"chatcmpl-1","choices":[{"index":0,"message":)" + message +
         R"(,"finish_reason":"stop"},{"index":1,"message":{"content":"second"}}],)"
         R"("usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10,)"
         R"("prompt_tokens_details":{"cached_tokens":3}}})";
}

}  // namespace

TEST_CASE("a chat answer passes on minified, with its usage counted") {
  const reading r = read("{ \"choices\" : [ ],\n \"usage\": {\"total_tokens\": 3}, \"x\": -1.50 }",
                         output_format::batch);
  CHECK(r.kind == answer_kind::success);
  CHECK(r.body == R"({"choices":[],"usage":{"total_tokens":3},"x":-1.50})");
  CHECK(r.tokens.total == 3);
  CHECK(r.code.empty());
  CHECK(r.text.empty());
  CHECK(r.usage.empty());
}

TEST_CASE("for the text format the first choice's content is cut out raw") {
  const reading r = read(answer(R"({"role":"assistant","content":"4 \u00e4\n","refusal":null})"));
  CHECK(r.text == R"("4 \u00e4\n")");
  CHECK(r.usage == R"({"prompt_tokens":9,"completion_tokens":1,"total_tokens":10,)"
                   R"("prompt_tokens_details":{"cached_tokens":3}})");
  CHECK(r.tokens.prompt == 9);
  CHECK(r.tokens.cached == 3);
  CHECK_FALSE(r.body.empty());
}

TEST_CASE("without content the refusal is the text, and null without either") {
  CHECK(read(answer(R"({"content":null,"refusal":"No."})")).text == "\"No.\"");
  CHECK(read(answer(R"({"refusal":"No."})")).text == "\"No.\"");
  CHECK(read(answer(R"({"content":"","refusal":"No."})")).text == "\"\"");
  CHECK(read(answer(R"({"content":null,"refusal":null,"tool_calls":[]})")).text == "null");
  CHECK(read(answer("{}")).text == "null");
  CHECK(read(answer("null")).text == "null");
  CHECK(read(R"({"choices":[]})").text == "null");
  CHECK(read(R"({"choices":[]})").usage.empty());
}

TEST_CASE("an answer that is no JSON may be better when sent again") {
  const reading r = read(R"({"choices": [)");
  CHECK(r.kind == answer_kind::transient);
  CHECK(r.code == "malformed_response");
  CHECK(r.body == R"("{\"choices\": [")");
  CHECK(
      r.message ==
      "the server's answer cannot be used: it is no JSON: expected a value, found the end at byte "
      "13");
  CHECK(read("").kind == answer_kind::transient);
  CHECK(read("<html>").kind == answer_kind::transient);
}

TEST_CASE("an answer without choices may be better when sent again") {
  for (const char* body :
       {"{}", "[]", "null", "\"x\"", R"({"choices":null})", R"({"choices":{}})"}) {
    INFO(body);
    CHECK(read(body).kind == answer_kind::transient);
    CHECK(read(body).code == "malformed_response");
    CHECK(read(body).body == body);
  }
}

TEST_CASE("every truncation of an answer is malformed") {
  const std::string whole = answer(R"({"content":"x"})");
  for (std::size_t n = 0; n < whole.size(); ++n) {
    REQUIRE(read(whole.substr(0, n)).code == "malformed_response");
  }
}

TEST_CASE("an error inside of a 200 is an error") {
  const reading r = read(R"({"error":{"code":502,"message":"Provider returned error"}})");
  CHECK(r.kind == answer_kind::transient);
  CHECK(r.message == "Provider returned error");
  CHECK(r.body == R"({"error":{"code":502,"message":"Provider returned error"}})");
  CHECK(read(R"({"error":null,"choices":[]})").kind == answer_kind::success);
}

TEST_CASE("any status from 200 to 299 is a success, others are judged") {
  CHECK(read(R"({"choices":[]})", output_format::batch, 201).kind == answer_kind::success);
  CHECK(read(R"({"choices":[]})", output_format::batch, 300).kind == answer_kind::row_failed);
  CHECK(read(R"({"choices":[]})", output_format::batch, 500).kind == answer_kind::transient);
}
