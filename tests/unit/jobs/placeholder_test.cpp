#include "jobs/placeholder.hpp"

#include "tests/unit/jobs/job_support.hpp"

using batchmill::jobs::parse_placeholder;
using batchmill::testing::usage_error_of;
using form = batchmill::jobs::placeholder::form;

namespace {

/// The path as "key" and [index] steps.
std::string path_of(const std::string& expression) {
  std::string text;
  for (const auto& step : parse_placeholder(expression, "").path) {
    if (const auto* key = std::get_if<std::string>(&step)) {
      text += "<" + *key + ">";
    } else {
      text += "[" + std::to_string(std::get<std::size_t>(step)) + "]";
    }
  }
  return text;
}

std::string error_of(const std::string& expression) {
  return usage_error_of([&] { parse_placeholder(expression, "triage.yaml:9:32"); });
}

}  // namespace

TEST_CASE("a placeholder's path has keys and indexes") {
  CHECK(path_of("a") == "<a>");
  CHECK(path_of("  a.b[0][ 12 ].c ") == "<a><b>[0][12]<c>");
  CHECK(path_of("ticket-id") == "<ticket-id>");
  CHECK(path_of("\xC3\xA4_1") == "<\xC3\xA4_1>");
  CHECK(path_of(R"(a["odd key"].b['x.y'])") == "<a><odd key><b><x.y>");
  CHECK(path_of(R"(["odd | key"])") == "<odd | key>");
  CHECK(parse_placeholder(" a.b[0] | json", "").name == "a.b[0]");
}

TEST_CASE("a placeholder's filters") {
  CHECK(parse_placeholder("a", "").as == form::text);
  CHECK(parse_placeholder("a|json", "").as == form::json);
  CHECK(parse_placeholder("a | value", "").as == form::value);
  CHECK(parse_placeholder("a | data_url", "").as == form::data_url);
  CHECK(parse_placeholder("a | trim", "").trim);
  CHECK_FALSE(parse_placeholder("a", "").trim);
  CHECK(parse_placeholder("a | default(\"x | y\")", "").fallback == "x | y");
  CHECK(parse_placeholder("a | default ( '' ) | trim", "").fallback == "");
  CHECK_FALSE(parse_placeholder("a", "").fallback);
}

TEST_CASE("a literal has no path") {
  const auto p = parse_placeholder("\"{{\"", "");
  CHECK(p.path.empty());
  CHECK(p.fallback == "{{");
}

TEST_CASE("a bad placeholder is refused with its place and what is wrong with it") {
  CHECK(error_of(" text | upper ") ==
        "triage.yaml:9:32: the placeholder {{ text | upper }} has an unknown filter 'upper'; the "
        "filters are json, value, data_url, trim and default(\"...\")");
  CHECK_THAT(error_of("text | jsn"), ContainsSubstring("did you mean 'json'?"));
  CHECK_THAT(error_of(""), ContainsSubstring("names no field"));
  CHECK_THAT(error_of("  "), ContainsSubstring("names no field"));
  CHECK_THAT(error_of("a b"), ContainsSubstring("has 'b' where its end or a '|' should be"));
  CHECK_THAT(error_of("a."), ContainsSubstring("lacks a field name"));
  CHECK_THAT(error_of(".a"), ContainsSubstring("lacks a field name"));
  CHECK_THAT(error_of("a |"), ContainsSubstring("lacks a field name"));
  CHECK_THAT(error_of("a[0"), ContainsSubstring("lacks a ']'"));
  CHECK_THAT(error_of("a[]"), ContainsSubstring("a number or a quoted name"));
  CHECK_THAT(error_of("a[-1]"), ContainsSubstring("a number or a quoted name"));
  CHECK_THAT(error_of("a[99999999999999999999]"), ContainsSubstring("a number or a quoted name"));
  CHECK_THAT(error_of("a[\"b]"), ContainsSubstring("lacks a closing quote"));
  CHECK_THAT(error_of("[0].a"), ContainsSubstring("begins with an index"));
  CHECK_THAT(error_of("a | json | value"), ContainsSubstring("more than one"));
  CHECK_THAT(error_of("a | trim | json"), ContainsSubstring("trims"));
  CHECK_THAT(error_of("a | default"), ContainsSubstring("quoted text"));
  CHECK_THAT(error_of("a | default(x)"), ContainsSubstring("quoted text"));
  CHECK_THAT(error_of("a | default(\"x\""), ContainsSubstring("lacks a ')'"));
  CHECK_THAT(error_of("{a}"), ContainsSubstring("lacks a field name"));
}
