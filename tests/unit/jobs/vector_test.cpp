#include "jobs/vector.hpp"

#include <cmath>
#include <cstring>
#include <limits>

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace batchmill::jobs;

namespace {

unsigned half_bits(float value) {
  const std::string bytes = to_bytes({value}, number_type::float16);
  return static_cast<unsigned char>(bytes[0]) | static_cast<unsigned char>(bytes[1]) << 8U;
}

}  // namespace

TEST_CASE("base64 and arrays of numbers are read, everything else is not") {
  CHECK(read_embedding(R"("AACAPwAAAL8=")") == embedding{1, -0.5F});
  CHECK(read_embedding(R"("AACAPwAAAL8")") == embedding{1, -0.5F});
  CHECK(read_embedding(R"("AACAPwAAAL8\u003d")") == embedding{1, -0.5F});
  CHECK(read_embedding("[1,-5e-1, 0.25]") == embedding{1, -0.5F, 0.25F});
  CHECK(read_embedding("[1e-60]") == embedding{0});
  for (const char* bad : {"", "null", "{}", "[]", "\"\"", "\"AAA\"", "\"AAC!PwAA\"", "[1,\"a\"]",
                          "[1e60]", "\"AADAfw==\"", "\"AACAfw==\"", "[[1]]"}) {
    INFO(bad);
    CHECK_FALSE(read_embedding(bad).has_value());
  }
}

TEST_CASE("numbers are written so that they are read back the same") {
  const embedding values = {0.1F, -1.1754944e-38F, 3.4028235e38F, 1.0F / 3, 16777216.0F, -0.0F};
  const std::string text = to_json(values);
  CHECK(text == "[0.1,-1.1754944e-38,3.4028235e+38,0.33333334,16777216,-0]");
  CHECK(read_embedding(text) == values);
}

TEST_CASE("halves are rounded to the nearest, to even between two") {
  CHECK(half_bits(1) == 0x3C00);
  CHECK(half_bits(-2) == 0xC000);
  CHECK(half_bits(65504) == 0x7BFF);
  CHECK(half_bits(65520) == 0x7C00);
  CHECK(half_bits(1e30F) == 0x7C00);
  CHECK(half_bits(1 + 1.0F / 2048) == 0x3C00);  // between two: to even, down
  CHECK(half_bits(1 + 3.0F / 2048) == 0x3C02);  // and up
  CHECK(half_bits(1 + 1.01F / 2048) == 0x3C01);
  CHECK(half_bits(6.1035156e-05F) == 0x0400);  // the smallest normal
  CHECK(half_bits(5.9604645e-08F) == 0x0001);  // the smallest of all
  CHECK(half_bits(2.9802322e-08F) == 0x0000);  // half of it: to even
  CHECK(half_bits(3.1e-08F) == 0x0001);
}

TEST_CASE("a vector is scaled to length 1, one of zeros stays") {
  embedding values = {3, 4};
  scale_to_one(values);
  CHECK(values == embedding{0.6F, 0.8F});
  embedding zeros = {0, 0};
  scale_to_one(zeros);
  CHECK(zeros == embedding{0, 0});
}

TEST_CASE("an average goes by weight") {
  CHECK(average({{1, 0}, {0, 1}}, {3, 1}) == embedding{0.75F, 0.25F});
}
