#include "jobs/expectation.hpp"

#include "batchmill/json_text.hpp"
#include "jobs/chat.hpp"
#include "jobs/responses.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

constexpr const char* price_schema =
    R"({"type":"object","properties":{"price":{"type":"number"},"tags/all":{"type":"array",)"
    R"("items":{"type":"string"}}},"required":["price"],"additionalProperties":false})";

job_spec expecting_schema(const std::string& schema = price_schema) {
  job_spec spec = spec_with();
  spec.marks["expect.schema"] = {9, 11};
  spec.expect.schema.text.text = schema;
  return spec;
}

job_spec expecting_one_of(std::vector<std::string> labels) {
  job_spec spec = spec_with();
  spec.expect.one_of = std::move(labels);
  return spec;
}

std::string choice(const std::string& content, const std::string& finish = "stop") {
  return R"({"message":{"content":)" + json::quote(content) + R"(,"refusal":null},)" +
         R"("finish_reason":")" + finish + "\"}";
}

std::string chat_answer(const std::string& choices) {
  return R"({"choices":[)" + choices + R"(],"usage":{"prompt_tokens":9,"completion_tokens":4,)" +
         R"("total_tokens":13}})";
}

reading read_chat(const job_spec& spec, const std::string& choices) {
  return jobs::make_chat(spec, row_format::bodies)
      ->read(http_response(200, "", chat_answer(choices)));
}

}  // namespace

TEST_CASE("an answer that fits the schema is a success") {
  const reading r =
      read_chat(expecting_schema(), choice(" {\"price\": 1.5, \"tags/all\": [\"a\"]}\n"));
  CHECK(r.kind == answer_kind::success);
  CHECK(r.code.empty());
}

TEST_CASE("an answer that does not fit says where and why, and is kept with its cost") {
  const reading r = read_chat(expecting_schema(), choice(R"({"price":1,"tags/all":["a",2]})"));
  CHECK(r.kind == answer_kind::unexpected);
  CHECK(r.code == "schema_mismatch");
  CHECK_THAT(r.message, ContainsSubstring("the answer does not fit the schema: at /tags~1all/1: "));
  CHECK(r.tokens.total == 13);
  CHECK(r.body == chat_answer(choice(R"({"price":1,"tags/all":["a",2]})")));
  const reading missing = read_chat(expecting_schema(), choice("{}"));
  CHECK_THAT(missing.message, ContainsSubstring("at its root: "));
  CHECK_THAT(missing.message, ContainsSubstring("price"));
  CHECK(read_chat(expecting_schema(), choice("Sure! {}")).message ==
        "the answer does not fit the schema: it is no JSON");
}

TEST_CASE("an answer must be one of the labels, blanks aside") {
  const job_spec spec = expecting_one_of({"bug", "new feature"});
  CHECK(read_chat(spec, choice("\n bug ")).kind == answer_kind::success);
  CHECK(read_chat(spec, choice("new feature")).kind == answer_kind::success);
  const reading r = read_chat(spec, choice("Bug."));
  CHECK(r.kind == answer_kind::unexpected);
  CHECK(r.code == "not_one_of");
  CHECK(r.message == "the answer 'Bug.' is not one of bug, new feature");
  CHECK_THAT(read_chat(spec, choice(std::string(500, 'x'))).message,
             ContainsSubstring(std::string(60, 'x') + "…'"));
}

TEST_CASE("of several choices each must be as expected") {
  const job_spec spec = expecting_one_of({"bug"});
  CHECK(read_chat(spec, choice("bug") + "," + choice("bug")).kind == answer_kind::success);
  CHECK(read_chat(spec, choice("bug") + "," + choice("wish")).kind == answer_kind::unexpected);
  CHECK(read_chat(spec, "").code == "no_text");
}

TEST_CASE("an answer that was cut off is a failure only where the spec says so") {
  job_spec spec = expecting_one_of({"bug"});
  CHECK(read_chat(spec, choice("bug", "length")).kind == answer_kind::success);
  spec.expect.finish = finish_rule::stop;
  CHECK(read_chat(spec, choice("bug", "length")).code == "finish_length");
  CHECK(read_chat(spec, choice("bug", "content_filter")).code == "finish_content_filter");
  CHECK(read_chat(spec, choice("bug", "tool_calls")).kind == answer_kind::success);
  spec.expect.one_of.clear();
  CHECK(read_chat(spec, choice("anything", "length")).kind == answer_kind::unexpected);
  CHECK(read_chat(spec, choice("anything")).kind == answer_kind::success);
}

TEST_CASE("a refusal is a failure where something is expected, and an answer where not") {
  const std::string refusal = R"({"message":{"content":null,"refusal":"I cannot."}})";
  const reading r = read_chat(expecting_one_of({"bug"}), refusal);
  CHECK(r.kind == answer_kind::unexpected);
  CHECK(r.code == "refused");
  CHECK(r.message == "the model refused: I cannot.");
  CHECK(read_chat(spec_with(), refusal).kind == answer_kind::success);
}

TEST_CASE("responses are judged by their text, and incomplete ones are asked for again") {
  job_spec spec = expecting_one_of({"bug"});
  spec.endpoint = "/v1/responses";
  const auto read = [&](const std::string& text, const std::string& status) {
    const std::string part = R"({"type":"output_text","text":")" + text + "\"}";
    return jobs::make_responses(spec, row_format::bodies)
        ->read(http_response(200, "",
                             R"({"output":[{"type":"message","content":[)" + part +
                                 R"(]}],"incomplete_details":{"reason":"content_filter"},)" +
                                 R"("status":")" + status + "\"}"));
  };
  CHECK(read("bug", "completed").kind == answer_kind::success);
  CHECK(read("ant", "completed").code == "not_one_of");
  CHECK(read("bug", "incomplete").kind == answer_kind::unexpected);
  CHECK(read("bug", "incomplete").code == "incomplete_content_filter");
}

TEST_CASE("a schema that is none is the user's mistake, with its place") {
  for (const char* schema : {R"({"type":"strin"})", R"({"properties":{"a":3}})",
                             R"({"type":"string","pattern":"("})", R"({"minimum":"x"})"}) {
    INFO(schema);
    CHECK_THAT(usage_error_of([&] { const jobs::expectation e(expecting_schema(schema)); }),
               ContainsSubstring("triage.yaml:9:11: this is no JSON Schema that can be checked: "));
  }
}

TEST_CASE("a schema may stand in a file beside the spec") {
  const temporary_folder folder;
  folder.write("answer.schema.json", price_schema);
  job_spec spec = expecting_schema("");
  spec.file = folder.path("job.yaml");
  spec.expect.schema.file = "answer.schema.json";
  CHECK(read_chat(spec, choice(R"({"price":2})")).kind == answer_kind::success);
  CHECK(read_chat(spec, choice(R"({"price":"2"})")).kind == answer_kind::unexpected);
  spec.expect.schema.file = "nothing.json";
  CHECK(usage_error_of([&] { const jobs::expectation e(spec); }) ==
        spec.file + ":9:11: the schema " + folder.path("nothing.json") +
            " cannot be read: No such file or directory");
  folder.write("broken.json", "{\"type\":");
  spec.expect.schema.file = "broken.json";
  CHECK_THAT(usage_error_of([&] { const jobs::expectation e(spec); }),
             ContainsSubstring("it is no JSON object"));
}

TEST_CASE("endpoints whose answers cannot be checked refuse an expectation") {
  job_spec spec = expecting_one_of({"bug"});
  spec.endpoint = "/v1/embeddings";
  spec.marks["expect"] = {8, 3};
  CHECK(usage_error_of([&] { make_job(spec, row_format::bodies); }) ==
        "triage.yaml:8:3: `expect` is for /v1/chat/completions and /v1/responses, not for "
        "/v1/embeddings; remove it");
}

TEST_CASE("schemas may refer to their own definitions, and to themselves") {
  const job_spec spec = expecting_schema(
      R"({"$defs":{"node":{"type":"object","properties":{"name":{"type":["string","null"]},)"
      R"("children":{"type":"array","items":{"$ref":"#/$defs/node"}}},)"
      R"("required":["name","children"],"additionalProperties":false}},)"
      R"("$ref":"#/$defs/node"})");
  const std::string leaf = R"({"name":null,"children":[]})";
  CHECK(read_chat(spec, choice(R"({"name":"a","children":[)" + leaf + "]}")).kind ==
        answer_kind::success);
  const reading r =
      read_chat(spec, choice(R"({"name":"a","children":[{"name":1,"children":[]}]})"));
  CHECK(r.code == "schema_mismatch");
  CHECK_THAT(r.message, ContainsSubstring("at /children/0/name: "));
}

TEST_CASE("numbers that are whole count as integers, however they are written") {
  const job_spec spec = expecting_schema(R"({"type":"integer"})");
  CHECK(read_chat(spec, choice("3")).kind == answer_kind::success);
  CHECK(read_chat(spec, choice("3.0")).kind == answer_kind::success);
  CHECK(read_chat(spec, choice("18446744073709551615")).kind == answer_kind::success);
  CHECK(read_chat(spec, choice("3.5")).kind == answer_kind::unexpected);
  CHECK(read_chat(spec, choice("1e400")).kind == answer_kind::unexpected);
}

TEST_CASE("an answer nested too deeply fits nothing and harms nobody") {
  const job_spec spec = expecting_schema(R"({"type":"array"})");
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  CHECK(read_chat(spec, choice(deep)).kind == answer_kind::unexpected);
}

TEST_CASE("patterns are tried on long strings, too") {
  const job_spec spec = expecting_schema(R"({"type":"string","pattern":"^(a|b)*$"})");
  const std::string many(20'000, 'a');
  CHECK(read_chat(spec, choice(json::quote(many))).kind == answer_kind::success);
  CHECK(read_chat(spec, choice(json::quote(many + "c"))).kind == answer_kind::unexpected);
  CHECK(read_chat(spec, choice("5")).code == "schema_mismatch");
}

TEST_CASE("a pattern that would take for ever is given up") {
  const std::string bad = json::quote(std::string(40, 'a') + "!");
  const reading r =
      read_chat(expecting_schema(R"({"type":"string","pattern":"^(a+)+$"})"), choice(bad));
  CHECK(r.code == "schema_mismatch");
  CHECK_THAT(r.message, ContainsSubstring("'^(a+)+$' is too costly to try"));
  const reading of_name =
      read_chat(expecting_schema(R"({"patternProperties":{"^(a+)+$":{"type":"number"}}})"),
                choice("{" + bad + ":1}"));
  CHECK_THAT(of_name.message, ContainsSubstring("'^(a+)+$' is too costly to try"));
}

TEST_CASE("names are checked by patterns, and what fits none by additionalProperties") {
  const job_spec spec = expecting_schema(
      R"({"properties":{"n_x":{"maximum":5},"pattern":{"type":"string","pattern":"^p"}},)"
      R"("patternProperties":{"^n_":{"type":"number"},"_x$":{"minimum":1}},)"
      R"("additionalProperties":false})");
  const auto fits = [&](const std::string& answer) {
    return read_chat(spec, choice(answer)).kind == answer_kind::success;
  };
  CHECK(fits(R"({"n_a":-1,"n_x":3,"b_x":2,"pattern":"pq"})"));
  CHECK_FALSE(fits(R"({"n_a":"1"})"));
  CHECK_FALSE(fits(R"({"n_x":6})"));
  CHECK_FALSE(fits(R"({"n_x":0})"));
  CHECK_FALSE(fits(R"({"other":1})"));
  CHECK_FALSE(fits(R"({"pattern":"q"})"));
}

TEST_CASE("characters are counted by patterns, not bytes; values that look like keywords stay") {
  CHECK(read_chat(expecting_schema(R"({"pattern":"^.{2}$"})"), choice(R"("äß")")).kind ==
        answer_kind::success);
  CHECK(read_chat(expecting_schema(R"({"const":{"pattern":"x"}})"), choice(R"({"pattern":"x"})"))
            .kind == answer_kind::success);
}

TEST_CASE("dates and times are checked where they are strings") {
  const auto fits = [](const std::string& format, const std::string& answer) {
    return read_chat(expecting_schema(R"({"format":")" + format + "\"}"), choice(answer)).kind ==
           answer_kind::success;
  };
  CHECK(fits("date", R"("2024-02-29")"));
  CHECK_FALSE(fits("date", R"("2024-04-31")"));
  CHECK(fits("date", "5"));
  CHECK(fits("time", R"("16:52:45.5+02:00")"));
  CHECK_FALSE(fits("time", R"("24:00:00Z")"));
  CHECK(fits("date-time", R"("2022-07-18t16:52:45Z")"));
  CHECK_FALSE(fits("date-time", '"' + std::string(100'000, '1') + '"'));
  CHECK(fits("email", R"("anything")"));
}
