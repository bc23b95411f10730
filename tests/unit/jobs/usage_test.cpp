#include "jobs/usage.hpp"

#include "tests/support/catch.hpp"

using batchmill::jobs::read_usage;

TEST_CASE("usage of a chat completion") {
  const auto usage =
      read_usage(R"({"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,)"
                 R"("prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},)"
                 R"("completion_tokens_details":{"reasoning_tokens":2,"audio_tokens":0}})");
  CHECK(usage.prompt == 9);
  CHECK(usage.completion == 3);
  CHECK(usage.total == 12);
  CHECK(usage.cached == 4);
  CHECK(usage.reasoning == 2);
}

TEST_CASE("usage of a response") {
  const auto usage = read_usage(
      R"({"input_tokens":9,"input_tokens_details":{"cached_tokens":1},"output_tokens":3,)"
      R"("output_tokens_details":{"reasoning_tokens":2},"total_tokens":12})");
  CHECK(usage.prompt == 9);
  CHECK(usage.completion == 3);
  CHECK(usage.total == 12);
  CHECK(usage.cached == 1);
  CHECK(usage.reasoning == 2);
}

TEST_CASE("what usage does not say counts as zero") {
  for (const char* raw : {"", "null", "[]", "{}", R"({"prompt_tokens":null,"total_tokens":"7"})",
                          R"({"prompt_tokens_details":null})"}) {
    const auto usage = read_usage(raw);
    INFO(raw);
    CHECK(usage.prompt + usage.completion + usage.total + usage.cached + usage.reasoning == 0);
  }
}

TEST_CASE("of details that are stated twice the last count") {
  const auto usage = read_usage(
      R"( { "prompt_tokens_details" : {"cached_tokens":4,"x":{"cached_tokens":9}},"prompt_tokens":1,)"
      R"("prompt_tokens_details":{"cache_write_tokens":2,"y":[{"a":"}"}]},"prompt_tokens":5})");
  CHECK(usage.prompt == 5);
  CHECK(usage.cached == 0);
  CHECK(usage.cache_written == 2);
}
