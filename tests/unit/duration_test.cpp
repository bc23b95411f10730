// Durations: what is read, what is refused, and how they look to people.
#include "batchmill/duration.hpp"

#include <chrono>
#include <string>

#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using batchmill::duration;
using batchmill::format_duration;
using batchmill::parse_duration;

TEST_CASE("durations are read as Go writes them") {
  CHECK(parse_duration("500ms") == duration(500ms));
  CHECK(parse_duration("1.5s") == duration(1500ms));
  CHECK(parse_duration("6m0s") == duration(6min));
  CHECK(parse_duration("1h2m3s") == duration(3723s));
  CHECK(parse_duration("2d") == duration(48h));
  CHECK(parse_duration("7ns") == duration(7ns));
  CHECK(parse_duration("8us") == duration(8us));
  CHECK(parse_duration("8\xc2\xb5s") == duration(8us));
  CHECK(parse_duration("8\xce\xbcs") == duration(8us));
  CHECK(parse_duration(".5s") == duration(500ms));
  CHECK(parse_duration("1.s") == duration(1s));
  CHECK(parse_duration("8.64s") == duration(8640ms));
  CHECK(parse_duration("17.123456789999s") == duration(17123456789ns));
}

TEST_CASE("a bare number counts seconds") {
  CHECK(parse_duration("0") == duration(0s));
  CHECK(parse_duration("20") == duration(20s));
  CHECK(parse_duration("0.25") == duration(250ms));
}

TEST_CASE("what is no duration as a whole is refused") {
  const auto* text =
      GENERATE("", " ", "s", ".", ".s", "-1s", "+1s", "1 s", " 1s", "1s ", "1x", "1m30",
               "5 minutes", "1e3", "1h 30m", "1..5s", "1S", "ms", "1,5s", "0x10s");
  CAPTURE(text);
  CHECK_FALSE(parse_duration(text));
}

TEST_CASE("a duration that is too long to count is refused, not wrapped around") {
  CHECK(parse_duration("106000d"));
  CHECK_FALSE(parse_duration("107000d"));
  CHECK_FALSE(parse_duration("99999999999999999999s"));
  CHECK_FALSE(parse_duration("9223372036854775807"));
  CHECK_FALSE(parse_duration("106000d106000d"));
  CHECK_FALSE(parse_duration("9223372036854775807ns9223372036854775807ns"));
}

TEST_CASE("durations are shown rounded to what people care for") {
  CHECK(format_duration(0s) == "0s");
  CHECK(format_duration(350ns) == "350ns");
  CHECK(format_duration(12us) == "12us");
  CHECK(format_duration(350ms) == "350ms");
  CHECK(format_duration(1500ms) == "1.5s");
  CHECK(format_duration(5s) == "5s");
  CHECK(format_duration(12340ms) == "12.3s");
  CHECK(format_duration(60s) == "1m");
  CHECK(format_duration(150s) == "2m30s");
  CHECK(format_duration(125s) == "2m05s");
  CHECK(format_duration(65min) == "1h05m");
  CHECK(format_duration(1h) == "1h");
  CHECK(format_duration(26h) == "26h");
  CHECK(format_duration(-1500ms) == "-1.5s");
}

TEST_CASE("rounding carries into the next unit") {
  CHECK(format_duration(999'600ns) == "1ms");
  CHECK(format_duration(999'600us) == "1s");
  CHECK(format_duration(59'960ms) == "1m");
  CHECK(format_duration(59'940ms) == "59.9s");
  CHECK(format_duration(119'600ms) == "2m");
  CHECK(format_duration(3'599'600ms) == "1h");
  CHECK(format_duration(7'199s) == "2h");
}

TEST_CASE("the extremes can be shown") {
  CHECK(format_duration(duration::max()) == "2562047h47m");
  CHECK(format_duration(duration::min()) == "-2562047h47m");
}

TEST_CASE("what is shown can be read back") {
  const auto d = GENERATE(duration(0s), duration(7ns), duration(350ms), duration(1500ms),
                          duration(10min), duration(150s), duration(1h), duration(65min));
  CHECK(parse_duration(format_duration(d)) == d);
}
