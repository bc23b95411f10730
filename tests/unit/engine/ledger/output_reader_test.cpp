#include "runner/engine/ledger/output_reader.hpp"

#include "runner/engine/output_line.hpp"
#include "tests/support/catch.hpp"

using namespace batchmill;

namespace {

outcome answered(int status, std::string body) {
  outcome result;
  result.ok = status == 200;
  result.custom_id = R"("T \" 1")";
  result.status = status;
  result.body = std::move(body);
  return result;
}

finished_row read_back(const outcome& result, output_format format = output_format::batch) {
  return read_output_line(format_output_line(7, result, format), format);
}

}  // namespace

TEST_CASE("a line of the output tells whether the row succeeded, and what it used") {
  const auto row = read_back(
      answered(200, R"({"usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8,)"
                    R"("prompt_tokens_details":{"cached_tokens":2},)"
                    R"("completion_tokens_details":{"reasoning_tokens":1}}})"));
  REQUIRE(row.ok);
  REQUIRE(row.tokens.prompt == 5);
  REQUIRE(row.tokens.completion == 3);
  REQUIRE(row.tokens.total == 8);
  REQUIRE(row.tokens.cached == 2);
  REQUIRE(row.tokens.reasoning == 1);
  const auto newer = read_back(answered(
      200, R"({"error":null,"usage":{"input_tokens":5,"output_tokens":3,"total_tokens":8}})"));
  REQUIRE(newer.ok);
  REQUIRE(newer.tokens.completion == 3);
}

TEST_CASE("a line of the output tells why the row failed") {
  REQUIRE(read_back(answered(400, R"({"error":{"code":"too_long","type":"t"}})")).reason ==
          "400 too_long");
  REQUIRE(read_back(answered(400, R"({"error":{"code":null,"type":"t"}})")).reason == "400 t");
  REQUIRE(read_back(answered(502, R"("<html>")")).reason == "502");
  REQUIRE_FALSE(read_back(answered(200, R"("no object")")).ok);
  outcome unanswered;
  unanswered.custom_id = "\"1\"";
  unanswered.error_code = "timed_out";
  for (const auto format : {output_format::batch, output_format::text, output_format::full}) {
    const auto row = read_back(unanswered, format);
    REQUIRE_FALSE(row.ok);
    REQUIRE(row.reason == "timed_out");
  }
}

TEST_CASE("an answer that could not be used is a failure, with what it used") {
  outcome result = answered(200, R"({"choices":[],"usage":{"total_tokens":9}})");
  result.ok = false;
  result.error_code = "schema_mismatch";
  const auto row = read_back(result);
  REQUIRE_FALSE(row.ok);
  REQUIRE(row.reason == failure_reason(result));
  REQUIRE(row.tokens.total == 9);
  REQUIRE(row.attempts == 1);
}

TEST_CASE("a line of the text format tells its tokens") {
  outcome result = answered(200, "{}");
  result.text = R"("hi")";
  result.usage = R"({"total_tokens":9})";
  const auto row = read_back(result, output_format::text);
  REQUIRE(row.ok);
  REQUIRE(row.tokens.total == 9);
}

TEST_CASE("a result gets another row's number and id, and keeps every byte of the answer") {
  outcome result = answered(200, R"({"a":1.50,"id":"x","custom_id":[1,{"input":2}]})");
  outcome moved = result;
  moved.custom_id = R"("T-2")";
  for (const auto format : {output_format::batch, output_format::text, output_format::full}) {
    result.input = format == output_format::full ? R"({"old":1})" : "";
    moved.input = format == output_format::full ? R"({"new":2})" : "";
    const std::string line = format_output_line(7, result, format);
    REQUIRE(relabelled(line, format, 90, moved.custom_id, moved.input) ==
            format_output_line(90, moved, format));
  }
}
