#include "jobs/base64_text.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill::jobs;

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::optional<std::string> plainly(std::string_view text) {
  std::string bytes(base64_size(text), '\0');
  if (!detail::decode_base64_plainly(text, bytes.data())) return std::nullopt;
  return bytes;
}

/// All of the alphabet, in an order that changes.
std::string digits(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += alphabet[(i * 37 + i / 64) % 64];
  return text;
}

}  // namespace

TEST_CASE("base64 is read with padding and without") {
  CHECK(from_base64("") == "");
  CHECK(from_base64("Zg==") == "f");
  CHECK(from_base64("Zg") == "f");
  CHECK(from_base64("Zm8=") == "fo");
  CHECK(from_base64("Zm9v") == "foo");
  CHECK(from_base64("Zm9vYmFy") == "foobar");
  CHECK(from_base64("+/+/") == "\xFB\xFF\xBF");
}

TEST_CASE("what is no base64 is refused") {
  for (const char* text : {"Z", "Zg===", "=Zg=", "Zm9v!", "Zm 9", "Zm9vY",
                           "\xC3\xA4"
                           "ab"}) {
    CHECK_FALSE(from_base64(text));
  }
}

TEST_CASE("the fast way and the plain one agree at every length and about every byte") {
  for (std::size_t length = 0; length < 200; ++length) {
    const std::string text = digits(length);
    REQUIRE(from_base64(text) == plainly(text));
  }
  for (const std::size_t place : {0, 15, 16, 31, 50, 99}) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = digits(100);
      text[place] = static_cast<char>(byte);
      REQUIRE(from_base64(text) == plainly(text));
      const bool is_digit = alphabet.find(static_cast<char>(byte)) != std::string_view::npos;
      const bool is_padding = byte == '=' && place == 99;
      REQUIRE(from_base64(text).has_value() == (is_digit || is_padding));
    }
  }
}
