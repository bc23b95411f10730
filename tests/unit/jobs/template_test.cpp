#include "jobs/template.hpp"

#include <boost/json.hpp>

#include "batchmill/json_text.hpp"
#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using jobs::body_template;
using jobs::field_set;

namespace {

/// The body for a row, or "code: sentence".
std::string render(const std::string& text, const std::string& row) {
  field_set fields;
  const body_template compiled(spec_with(text), fields);
  std::string out;
  const auto problem = compiled.render(row, fields.find(row), "", out);
  if (problem) return problem->code + ": " + problem->sentence;
  INFO(out);
  REQUIRE_FALSE(json::validate(out));
  return out;
}

/// The same for a template of one string.
std::string render_string(const std::string& string, const std::string& row) {
  const std::string body = render("{\"s\":" + json::quote(string) + "}", row);
  return body.starts_with("{\"s\":") ? body.substr(5, body.size() - 6) : body;
}

std::string compile_error(const std::string& text) {
  return usage_error_of([&] { render(text, "{}"); });
}

}  // namespace

TEST_CASE("a template without placeholders is the body") {
  const std::string text = R"({"a":[1,"x",{"b":null}],"c":{},"d":[],"e":-1.50,"f":"}} {"})";
  CHECK(render(text, "{}") == text);
}

TEST_CASE("fields go into strings as they are escaped in the row") {
  CHECK(render(R"({"messages":[{"role":"user","content":"Text: {{ text }}!"}]})",
               R"({"text":"a\"b\u00e4\ud800\/"})") ==
        R"({"messages":[{"role":"user","content":"Text: a\"b\u00e4\ud800\/!"}]})");
  CHECK(render_string("{{a}}{{b}}-{{a}}", R"({"a":"1","b":"2"})") == R"("12-1")");
}

TEST_CASE("numbers and booleans go in as their text") {
  CHECK(render_string("{{ a }} {{ b }} {{ c }}", R"({"a":-0.31725305,"b":1e400,"c":true})") ==
        R"("-0.31725305 1e400 true")");
}

TEST_CASE("paths lead into objects and arrays") {
  const std::string row = R"({"a":{"b":[{"c":"x"},"y"],"odd key":"z"}})";
  CHECK(render_string("{{ a.b[0].c }}{{ a.b[1] }}{{ a[\"odd key\"] }}", row) == "\"xyz\"");
  CHECK(render_string("{{ a['odd key'] }}", row) == "\"z\"");
}

TEST_CASE("json puts the JSON text of a value into its string") {
  CHECK(render_string("{{ a | json }}", R"({"a":{"k":["x\n",1.50]}})") ==
        R"("{\"k\":[\"x\\n\",1.50]}")");
  CHECK(render_string("<{{ a | json }}>", R"({"a":"t"})") == R"("<\"t\">")");
  CHECK(render_string("{{ a | json }}", R"({"a":null})") == "\"null\"");
}

TEST_CASE("value replaces the whole string") {
  for (const std::string value : {"[1,\"x\"]", "{\"k\":1.50}", "1e400", "null", "\"t\"", "false"}) {
    CHECK(render_string("{{ a | value }}", "{\"a\":" + value + "}") == value);
  }
  CHECK(compile_error(R"({"s":"x {{ a | value }}"})") ==
        "triage.yaml:8:15: {{ a | value }} must be all of its string, because `value` replaces the "
        "string");
  CHECK(compile_error(R"({"s":"{{ a | value }}{{ b | value }}"})") != "no error");
}

TEST_CASE("trim takes blanks and line ends off") {
  CHECK(render_string("[{{ a | trim }}]", R"({"a":" \n x y\t"})") == "\"[x y]\"");
}

TEST_CASE("default stands in for missing and null") {
  CHECK(render_string("{{ a | default(\"n/a\") }}", "{}") == "\"n/a\"");
  CHECK(render_string("{{ a.b[3] | default('n/a') }}", R"({"a":{}})") == "\"n/a\"");
  CHECK(render_string("{{ a | default('n/a') }}", R"({"a":null})") == "\"n/a\"");
  CHECK(render_string("{{ a | default('n/a') }}", R"({"a":""})") == "\"\"");
  CHECK(render_string("{{ a | default('say \"x\"') }}", "{}") == R"("say \"x\"")");
  CHECK(render_string("{{ a | value | default('x') }}", "{}") == "\"x\"");
  CHECK(render_string("{{ a | json | default('x') }}", "{}") == R"("\"x\"")");
}

TEST_CASE("literal braces are written as a quoted text") {
  CHECK(render_string("{{ \"{{\" }} a }}", "{}") == "\"{{ a }}\"");
  CHECK(render_string("{{ '{{ \"x\" }}' }}", "{}") == R"("{{ \"x\" }}")");
  CHECK(render_string("{{ 'x' | value }}", "{}") == "\"x\"");
}

TEST_CASE("a missing field names the template's place and the nearest field") {
  const std::string text = R"({"model":"m","s":"{{ txt }}"})";
  CHECK(render(text, R"({"id":1,"text":"x"})") ==
        "missing_field: no field 'txt' (template at triage.yaml:9:15); did you mean 'text'?");
  CHECK(render(text, R"({"id":1})") ==
        "missing_field: no field 'txt' (template at triage.yaml:9:15)");
  CHECK_THAT(render_string("{{ user.nmae }}", R"({"user":{"name":1}})"),
             ContainsSubstring("no field 'user.nmae'") && ContainsSubstring("mean 'name'?"));
  CHECK_THAT(render_string("{{ a[1] }}", R"({"a":[0]})"), ContainsSubstring("no field 'a[1]'"));
  CHECK_THAT(render_string("{{ a[0] }}", R"({"a":{"0":1}})"), ContainsSubstring("no field"));
  CHECK_THAT(render_string("{{ a.b }}", R"({"a":"b"})"), ContainsSubstring("no field 'a.b'"));
}

TEST_CASE("objects, arrays and null need a filter") {
  CHECK(render_string("{{ a }}", R"({"a":[1]})") ==
        "invalid_field: the field 'a' is an array (template at triage.yaml:8:15); write "
        "{{ a | json }} to insert its JSON text");
  CHECK_THAT(render_string("{{ a }}", R"({"a":{}})"), ContainsSubstring("is an object"));
  CHECK_THAT(render_string("{{ a }}", R"({"a":null})"),
             ContainsSubstring("is null") && ContainsSubstring("default(\"\")"));
}

TEST_CASE("strings are counted in document order, keys are not") {
  CHECK_THAT(compile_error(R"({"a":"1","b":["2",{"c":3,"d":"{{ }}"}]})"),
             ContainsSubstring("triage.yaml:10:15:"));
}

TEST_CASE("without a place of its own a string is looked for in the template") {
  job_spec spec = spec_with(R"({"a":"{{"})");
  spec.body_template.strings.clear();
  field_set fields;
  CHECK_THAT(usage_error_of([&] { body_template(spec, fields); }),
             ContainsSubstring("triage.yaml:7:3: '{{' without its '}}'"));
}

TEST_CASE("a template must be a mapping") {
  CHECK(compile_error("[]") ==
        "triage.yaml:7:3: the template must be a mapping: the keys of the request body");
  CHECK(compile_error("\"{{ a }}\"") != "no error");
}

TEST_CASE("braces in keys are keys") {
  CHECK(render(R"({"{{a}}":1})", "{}") == R"({"{{a}}":1})");
}
