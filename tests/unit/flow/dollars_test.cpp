#include "runner/flow/dollars.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;

TEST_CASE("dollars: two decimals, more for small amounts") {
  CHECK(show_dollars(money()) == "$0.00");
  CHECK(show_dollars(money::dollars(25)) == "$25.00");
  CHECK(show_dollars(money::dollars(1234.5)) == "$1,234.50");
  CHECK(show_dollars(money::dollars(1'234'567.891)) == "$1,234,567.89");
  CHECK(show_dollars(money::dollars(0.5)) == "$0.50");
  CHECK(show_dollars(money::dollars(0.042)) == "$0.042");
  CHECK(show_dollars(money::dollars(0.00123)) == "$0.0012");
  CHECK(show_dollars(money(1)) == "$0.000000000001");
  CHECK(show_dollars(money::dollars(0.999)) == "$1.00");
  CHECK(show_dollars(money::dollars(-2.5)) == "-$2.50");
}

TEST_CASE("dollars: exact ones lose nothing") {
  CHECK(exact_dollars(money()) == "0.0");
  CHECK(exact_dollars(money::dollars(25)) == "25.0");
  CHECK(exact_dollars(money(1)) == "0.000000000001");
  CHECK(exact_dollars(money(12'340'000'000'000)) == "12.34");
  CHECK(exact_dollars(money(-500'000'000'000)) == "-0.5");
}

TEST_CASE("money: sums that would be too large stay at the largest amount") {
  money sum(INT64_MAX - 1);
  sum += money(5);
  CHECK(sum == money(INT64_MAX));
}
