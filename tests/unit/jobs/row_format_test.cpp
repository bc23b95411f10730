#include "jobs/row_format.hpp"

#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using jobs::make_row_reader;

namespace {

/// "id body" of a row that can be read, "id code: message" of one that cannot.
std::string read(const job_spec& spec, row_format format, const std::string& text) {
  const auto content = make_row_reader(spec, format)->read(text, line_17(text));
  if (content) return content->custom_id + " " + content->body;
  const row_failure& f = content.error();
  return f.custom_id + " " + f.code + ": " + f.message;
}

job_spec for_endpoint(const std::string& endpoint) {
  job_spec spec = spec_with();
  spec.endpoint = endpoint;
  return spec;
}

std::string batch_line(const std::string& id, const std::string& method, const std::string& url,
                       const std::string& body) {
  return R"({"custom_id":)" + id + R"(,"method":)" + method + R"(,"url":)" + url + R"(,"body":)" +
         body + "}";
}

std::string read_batch(const std::string& line,
                       const std::string& endpoint = "/v1/chat/completions") {
  return read(for_endpoint(endpoint), row_format::batch, line);
}

}  // namespace

TEST_CASE("rows are put into the template") {
  job_spec spec = spec_with(R"({"c":"{{ text }}"})");
  CHECK(read(spec, row_format::rows, R"({"id":7,"text":"x"})") == R"("16" {"c":"x"})");

  SECTION("with an id of the user's") {
    spec.input.id = "id";
    CHECK(read(spec, row_format::rows, R"({"id":"a\u00e4","text":"x"})") ==
          R"("a\u00e4" {"c":"x"})");
    CHECK(read(spec, row_format::rows, R"({"id":7.50,"text":"x"})") == R"("7.50" {"c":"x"})");
  }
  SECTION("without that id") {
    spec.input.id = "ticket_id";
    CHECK(read(spec, row_format::rows, R"({"ticketid":1,"text":"x"})") ==
          "\"16\" missing_field: tickets.jsonl:17: no field 'ticket_id', which `input.id` names as "
          "the row's id; did you mean 'ticketid'?");
    CHECK_THAT(read(spec, row_format::rows, R"({"ticket_id":null,"text":"x"})"),
               ContainsSubstring("must be a string or a number"));
  }
  SECTION("without a field, under the user's id") {
    spec.input.id = "id";
    CHECK(read(spec, row_format::rows, R"({"id":"a","txt":"x"})") ==
          "\"a\" missing_field: tickets.jsonl:17: no field 'text' (template at triage.yaml:8:15); "
          "did you mean 'txt'?");
  }
}

TEST_CASE("bodies are sent without what is ours") {
  const auto read_body = [](const std::string& endpoint, const std::string& text) {
    return read(for_endpoint(endpoint), row_format::bodies, text);
  };
  const std::string plain = R"({"messages":[{"custom_id":1}],"n":1})";
  CHECK(read_body("/v1/chat/completions", plain) == "\"16\" " + plain);
  CHECK(read_body("/v1/chat/completions", R"({"custom_id":"a","x":1.0,"metadata":{"k":"v"}})") ==
        R"("a" {"x":1.0,"metadata":{"k":"v"}})");
  CHECK(read_body("/v1/responses", R"({"x":1,"custom_id":7,"metadata":{}})") ==
        R"("7" {"x":1,"metadata":{}})");
  CHECK(read_body("/v1/embeddings", R"({"x":1,"metadata":{"row_id":1}})") == R"("16" {"x":1})");
  CHECK(read_body("/v1/embeddings", R"({"custom_id":"a","metadata":1})") == R"("a" {})");
  CHECK(read_body("/v1/embeddings", R"({"custom_id":null})") ==
        "\"16\" invalid_row: tickets.jsonl:17: `custom_id` must be a string or a number");
}

TEST_CASE("lines of the Batch API are taken apart") {
  CHECK(read_batch(batch_line("\"r1\"", "\"POST\"", "\"/v1/chat/completions\"", "{\"a\":1.0}")) ==
        R"("r1" {"a":1.0})");
  CHECK(read_batch(batch_line("\"r1\"", "\"POST\"", "\"/chat/completions\"", "{}")) == "\"r1\" {}");
  CHECK(read_batch(batch_line("\"r1\"", "\"POST\"", "\"/v1/embeddings\"", "{}"), "/embeddings") ==
        "\"r1\" {}");
}

TEST_CASE("lines of the Batch API that cannot be sent say why") {
  const std::string url = "\"/v1/chat/completions\"";
  CHECK(read_batch(batch_line("\"r1\"", "\"POST\"", "\"/v1/embeddings\"", "{}")) ==
        "\"r1\" invalid_row: tickets.jsonl:17: `url` is '/v1/embeddings', but the endpoint of "
        "triage.yaml is '/v1/chat/completions'");
  CHECK_THAT(read_batch(batch_line("\"r1\"", "\"GET\"", url, "{}")),
             ContainsSubstring("`method` must be \"POST\""));
  CHECK_THAT(read_batch(batch_line("\"r1\"", "\"POST\"", url, "[]")),
             ContainsSubstring("`body` must be an object"));
  CHECK_THAT(read_batch(batch_line("null", "\"POST\"", url, "{}")),
             ContainsSubstring("\"16\" invalid_row") && ContainsSubstring("must be a string"));
  CHECK(
      read_batch(R"({"customid":"r1","method":"POST","url":"/x","body":{}})") ==
      "\"16\" missing_field: tickets.jsonl:17: no `custom_id`, which a line of the Batch API must "
      "have; did you mean 'customid'?");
  CHECK_THAT(read_batch(R"({"custom_id":"r1","method":"POST","body":{}})"),
             ContainsSubstring("`url` is missing"));
  CHECK_THAT(read_batch(R"({"custom_id":"r1","url":"/v1/chat/completions","body":{}})"),
             ContainsSubstring("`method`"));
}

TEST_CASE("a spec that contradicts the input's format is refused") {
  const auto error = [](const job_spec& spec, row_format format) {
    return usage_error_of([&] { make_row_reader(spec, format); });
  };
  CHECK(error(spec_with(), row_format::rows) ==
        "triage.yaml:4:3: input rows need a `template` that makes a request body of their fields");
  CHECK(error(spec_with("{}"), row_format::bodies) ==
        "triage.yaml:7:3: `template` is for rows of fields, but the input format is `bodies`; "
        "remove one of them");
  job_spec spec = spec_with();
  spec.input.id = "id";
  job_spec filled = spec_with("{}");
  filled.parameters.text = R"({"user":"{{ id }}"})";
  filled.marks["parameters"] = {12, 3};
  CHECK(error(filled, row_format::rows) ==
        "triage.yaml:12:3: placeholders are filled in `template` only; move this key there");
  CHECK_THAT(error(spec, row_format::batch),
             ContainsSubstring("triage.yaml:4:3: `input.id`") && ContainsSubstring("`batch`"));
}

TEST_CASE("a row without a file's name still has a place") {
  CHECK(jobs::place(row(0, "", nullptr, 3)) == "input:3");
}

TEST_CASE("a file as a row is a body, or fields for the template, under its own name") {
  const row file(3, R"({"custom_id":"a.mp3","file":"a.mp3"})",
                 std::make_shared<const std::string>("calls/a.mp3"), 0);
  job_spec spec = spec_with();
  const auto as_body = jobs::make_row_reader(spec, row_format::files)->read(file.text, file);
  CHECK(as_body->custom_id == "\"a.mp3\"");
  CHECK(as_body->body == R"({"file":"a.mp3"})");
  spec.body_template.text = R"({"file":"{{ file }}","prompt":"p"})";
  spec.body_template.strings = {{1, 1}, {1, 1}};
  const auto filled = jobs::make_row_reader(spec, row_format::files)->read(file.text, file);
  CHECK(filled->custom_id == "\"a.mp3\"");
  CHECK(filled->body == R"({"file":"a.mp3","prompt":"p"})");
  CHECK(jobs::place(file) == "calls/a.mp3");
}
