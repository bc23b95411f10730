#include "jobs/escaped_text.hpp"

#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill::jobs;
using batchmill::testing::usage_error_of;

TEST_CASE("escaped is a JSON string without its quotes") {
  CHECK(escaped("a\"b\n") == R"(a\"b\n)");
  CHECK(escaped("").empty());
}

TEST_CASE("trimmed drops blanks and line ends in their escaped forms") {
  CHECK(trimmed("  a b  ") == "a b");
  CHECK(trimmed(R"(\n\r\t \fa\nb\n )") == R"(a\nb)");
  CHECK(trimmed(R"(a\\n)") == R"(a\\n)");
  CHECK(trimmed(R"( \\ )") == R"(\\)");
  CHECK(trimmed(R"( \u0041 )") == R"(\u0041)");
  CHECK(trimmed(R"( \n )").empty());
  CHECK(trimmed("").empty());
}

TEST_CASE("first_placeholder splits escaped text around it") {
  const auto found = first_placeholder(R"(a \"b\" {{ c[\"}}\"] }}}} {{d}})", "");
  REQUIRE(found);
  CHECK(found->before == R"(a \"b\" )");
  CHECK(found->expression == R"( c["}}"] )");
  CHECK(found->after == "}} {{d}}");
  CHECK_FALSE(first_placeholder("no { braces } }}", ""));
}

TEST_CASE("a placeholder without its end is refused") {
  CHECK(usage_error_of([] { first_placeholder("a {{ b }", "triage.yaml:9:32"); }) ==
        "triage.yaml:9:32: '{{' without its '}}'; to write literal braces use {{ \"{{\" }}");
  CHECK(usage_error_of([] { first_placeholder(R"({{ a[\"b] }})", "x"); }) != "no error");
}
