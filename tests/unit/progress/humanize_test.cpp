// Numbers and durations as people read them.
#include "runner/progress/humanize.hpp"

#include <cmath>
#include <limits>

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

TEST_CASE("thousands are separated") {
  CHECK(with_separators(0) == "0");
  CHECK(with_separators(999) == "999");
  CHECK(with_separators(1000) == "1,000");
  CHECK(with_separators(123456) == "123,456");
  CHECK(with_separators(1234567) == "1,234,567");
  CHECK(with_separators(std::numeric_limits<std::uint64_t>::max()) == "18,446,744,073,709,551,615");
}

TEST_CASE("large counts are short and never rounded up") {
  CHECK(short_count(0) == "0");
  CHECK(short_count(999) == "999");
  CHECK(short_count(1000) == "1.0k");
  CHECK(short_count(12345) == "12.3k");
  CHECK(short_count(123456) == "123k");
  CHECK(short_count(999'999) == "999k");
  CHECK(short_count(1'250'000) == "1.2M");
  CHECK(short_count(4'500'000'000) == "4.5B");
  CHECK(short_count(7'000'000'000'000) == "7.0T");
}

TEST_CASE("a rate has as many digits as it deserves") {
  CHECK(short_rate(0) == "0");
  CHECK(short_rate(0.001) == "0");
  CHECK(short_rate(0.42) == "0.42");
  CHECK(short_rate(0.996) == "1.0");
  CHECK(short_rate(7.34) == "7.3");
  CHECK(short_rate(9.96) == "10");
  CHECK(short_rate(123.4) == "123");
  CHECK(short_rate(1234.5) == "1,235");
}

TEST_CASE("a rate that is no number is none") {
  CHECK(short_rate(-1) == "0");
  CHECK(short_rate(std::nan("")) == "0");
  CHECK(short_rate(std::numeric_limits<double>::infinity()) == "0");
  CHECK(short_rate(1e300) == "a great many");
}

TEST_CASE("how long something took is told without false precision") {
  CHECK(rough_duration(350ms) == "350ms");
  CHECK(rough_duration(1500ms) == "1.5s");
  CHECK(rough_duration(12'600ms) == "13s");
  CHECK(rough_duration(150s) == "2m30s");
  CHECK(rough_duration(65min) == "1h05m");
}

TEST_CASE("what is still to come is as coarse as it is uncertain") {
  CHECK(coarse_duration(17'400ms) == "17s");
  CHECK(coarse_duration(152s) == "2m30s");
  CHECK(coarse_duration(153s) == "2m35s");
  CHECK(coarse_duration(3905s) == "1h05m");
}
