#include "runner/batch/validation.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;

namespace {

batch_problem problem(std::string code, std::optional<std::uint64_t> line = std::nullopt,
                      std::string message = "") {
  batch_problem p;
  p.code = std::move(code);
  p.line = line;
  p.message = std::move(message);
  return p;
}

}  // namespace

TEST_CASE("problems with lines concern those lines") {
  const refusal why =
      judge_refusal({problem("invalid_json_line", 3), problem("duplicate_custom_id", 7)});
  REQUIRE(why.cause == refusal_cause::lines);
  REQUIRE(why.faulty.size() == 2);
  REQUIRE(why.faulty.at(7).code == "duplicate_custom_id");
}

TEST_CASE("a full queue is no fault of any row, whatever the code is called") {
  const char* text =
      "Enqueued token limit reached for gpt-5.6-luna in organization org-1. Limit: 2,000,000 "
      "enqueued tokens. Please try again once some in_progress batches have been completed.";
  const auto named = GENERATE("token_limit_exceeded", "rate_limit_exceeded", "");
  const refusal why = judge_refusal({problem(named, std::nullopt, text)});
  REQUIRE(why.cause == refusal_cause::queue_full);
  REQUIRE(why.limit == 2'000'000);
}

TEST_CASE("the limit is read from the text, or not at all") {
  REQUIRE(named_queue_limit("Limit: 90,000 enqueued tokens.") == 90'000);
  REQUIRE(named_queue_limit("Limit: 5") == 5);
  REQUIRE_FALSE(named_queue_limit("Limit: none"));
  REQUIRE_FALSE(named_queue_limit("no more"));
  REQUIRE(named_queue_limit("Limit: 99999999999999999999999999"));
}

TEST_CASE("what concerns every file stops the run, what nobody knows is looked for") {
  REQUIRE(judge_refusal({problem("model_not_found")}).cause == refusal_cause::run);
  REQUIRE(judge_refusal({problem("insufficient_quota")}).cause == refusal_cause::run);
  REQUIRE(judge_refusal({problem("something_else")}).cause == refusal_cause::unknown);
  REQUIRE(judge_refusal({}).cause == refusal_cause::unknown);
  REQUIRE(judge_refusal({problem("model_not_found", 4)}).cause == refusal_cause::run);
}
