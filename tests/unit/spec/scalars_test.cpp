// Numbers as specs write them, and how values are named in messages.
#include "runner/spec/scalars.hpp"

#include <string>

#include "tests/support/catch.hpp"

using batchmill::spec::describe;
using batchmill::spec::node;
using batchmill::spec::node_kind;
using batchmill::spec::parse_decimal;

namespace {

node scalar(const std::string& text, bool quoted = false) {
  node result;
  result.kind = node_kind::scalar;
  result.text = text;
  result.quoted = quoted;
  return result;
}

}  // namespace

TEST_CASE("decimal numbers may have groups, a fraction and an exponent") {
  CHECK(parse_decimal("0") == 0.0);
  CHECK(parse_decimal("-1.5") == -1.5);
  CHECK(parse_decimal("+2") == 2.0);
  CHECK(parse_decimal("2_000_000") == 2e6);
  CHECK(parse_decimal("2e6") == 2e6);
  CHECK(parse_decimal("0.05") == 0.05);
  CHECK(parse_decimal(".5") == 0.5);
}

TEST_CASE("what is ambiguous or no number is refused") {
  const auto* text =
      GENERATE("", "-", "_1", "1_", "1__0", "1_.5", "1,000", "1.000.000", "010", "0x10", "1e",
               "1e999", "inf", "nan", ".", "five", "1 000", "10k", "--1");
  CAPTURE(text);
  CHECK_FALSE(parse_decimal(text));
}

TEST_CASE("a value is named in one short line") {
  CHECK(describe(node()) == "nothing");
  CHECK(describe(scalar("abc")) == "abc");
  CHECK(describe(scalar("5", true)) == "the text \"5\"");
  CHECK(describe(scalar("a\nb\tc")) == "a b c");
  CHECK(describe(scalar(std::string(41, 'x'))) == std::string(40, 'x') + "…");
  CHECK(describe(scalar(std::string(39, 'x') + "üü")) == std::string(39, 'x') + "…");
}
