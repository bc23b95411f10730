#include "runner/net/inflater.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/compress.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

constexpr std::size_t plenty = 100'000'000;
const std::string text = "{\"answer\":\"" + std::string(50'000, 'x') + "\"}";

}  // namespace

TEST_CASE("gzip, zlib and bare deflate are told apart and decoded") {
  const int format = GENERATE(gzip_format, zlib_format, bare_format);
  inflater decoder;
  std::string out;
  CHECK(decoder.decode(compress(text, format), plenty, out) == inflate_result::done);
  CHECK(out == text);
}

TEST_CASE("one inflater decodes body after body, also after a damaged one") {
  inflater decoder;
  for (const int format : {gzip_format, bare_format, zlib_format, gzip_format}) {
    std::string broken;
    CHECK(decoder.decode("\x1f\x8b garbage", plenty, broken) == inflate_result::corrupt);
    std::string out;
    CHECK(decoder.decode(compress(text, format), plenty, out) == inflate_result::done);
    CHECK(out == text);
  }
}

TEST_CASE("an empty text has an encoding too") {
  inflater decoder;
  std::string out;
  CHECK(decoder.decode(compress(""), plenty, out) == inflate_result::done);
  CHECK(out.empty());
}

TEST_CASE("a body cut off anywhere is corrupt") {
  inflater decoder;
  const std::string coded = compress("a short text");
  for (std::size_t size = 0; size < coded.size(); ++size) {
    std::string out;
    CHECK(decoder.decode(coded.substr(0, size), plenty, out) == inflate_result::corrupt);
  }
}

TEST_CASE("a wrong checksum is corrupt") {
  inflater decoder;
  std::string coded = compress(text);
  coded[coded.size() - 6] ^= 1;
  std::string out;
  CHECK(decoder.decode(coded, plenty, out) == inflate_result::corrupt);
}

TEST_CASE("gzip members one after the other are one text") {
  inflater decoder;
  std::string out;
  CHECK(decoder.decode(compress("one, ") + compress("two"), plenty, out) == inflate_result::done);
  CHECK(out == "one, two");
}

TEST_CASE("what follows the last member is corrupt") {
  inflater decoder;
  std::string out;
  CHECK(decoder.decode(compress("one") + "rest", plenty, out) == inflate_result::corrupt);
}

TEST_CASE("the bound holds to the byte, over all members together") {
  inflater decoder;
  std::string out;
  CHECK(decoder.decode(compress(text), text.size(), out) == inflate_result::done);
  CHECK(decoder.decode(compress(text), text.size() - 1, out) == inflate_result::too_large);
  CHECK(decoder.decode(compress(text) + compress(text), 2 * text.size() - 1, out) ==
        inflate_result::too_large);
}

TEST_CASE("a bomb is stopped at the bound") {
  inflater decoder;
  std::string out;
  const std::string bomb = compress(std::string(50'000'000, '\0'));
  REQUIRE(bomb.size() < 60'000);
  CHECK(decoder.decode(bomb, 1'000'000, out) == inflate_result::too_large);
  CHECK(out.size() <= 1'000'000);
}
