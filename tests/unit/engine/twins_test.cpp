#include "runner/engine/twins.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;

namespace {

outcome answer(const std::string& body) {
  outcome result;
  result.ok = true;
  result.custom_id = "\"first\"";
  result.body = body;
  result.tokens.total = 9;
  result.attempts = 2;
  return result;
}

row row_number(std::uint64_t index) {
  return row(index, "0123456789", nullptr, index + 1);
}

bool join(twins& all, std::uint64_t index, std::uint64_t hash) {
  row r = row_number(index);
  return all.join(r, "\"" + std::to_string(index) + "\"", hash);
}

}  // namespace

TEST_CASE("the first of equal rows is sent, those after it wait for its answer") {
  twins all;
  REQUIRE_FALSE(join(all, 0, 7));
  REQUIRE(join(all, 1, 7));
  REQUIRE_FALSE(join(all, 2, 8));
  REQUIRE(join(all, 3, 7));
  REQUIRE(all.bytes_waiting() == 20);
  const auto waiting = all.answered(7, answer("{}"));
  REQUIRE(waiting.size() == 2);
  REQUIRE(waiting[0].from.index == 1);
  REQUIRE(waiting[1].from.index == 3);
  REQUIRE(waiting[1].custom_id == "\"3\"");
  REQUIRE(all.bytes_waiting() == 0);
  REQUIRE(all.answered(8, answer("{}")).empty());
}

TEST_CASE("an answer is at hand for equal rows that come later, a failure is not") {
  twins all;
  join(all, 0, 7);
  REQUIRE(all.find(7) == nullptr);
  all.answered(7, answer("{}"));
  REQUIRE(all.find(7)->body == "{}");
  join(all, 1, 8);
  outcome failed = answer("{}");
  failed.ok = false;
  all.answered(8, failed);
  REQUIRE(all.find(8) == nullptr);
  REQUIRE_FALSE(join(all, 2, 8));
}

TEST_CASE("the answers that are kept stay within their memory, the oldest go first") {
  twins all(10'000);
  for (std::uint64_t hash = 0; hash < 100; ++hash) {
    join(all, hash, hash);
    all.answered(hash, answer(std::string(1'000, 'x')));
  }
  REQUIRE(all.find(0) == nullptr);
  REQUIRE(all.find(99) != nullptr);
  std::size_t kept = 0;
  for (std::uint64_t hash = 0; hash < 100; ++hash) kept += all.find(hash) ? 1 : 0;
  REQUIRE(kept >= 5);
  REQUIRE(kept < 10);
  join(all, 100, 100);
  all.answered(100, answer(std::string(20'000, 'x')));
  REQUIRE(all.find(100) == nullptr);
  REQUIRE(all.find(99) != nullptr);
}

TEST_CASE("a twin's answer is the same but for its id, and costs nothing") {
  const outcome other = as_twin(answer("{}"), "\"T-2\"");
  REQUIRE(other.ok);
  REQUIRE(other.custom_id == "\"T-2\"");
  REQUIRE(other.body == "{}");
  REQUIRE(other.tokens.total == 0);
  REQUIRE(other.attempts == 0);
}
