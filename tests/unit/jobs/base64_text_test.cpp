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

TEST_CASE("base64 before a quote is read as it is by itself") {
  for (std::size_t length = 0; length < 150; ++length) {
    const std::string text = digits(length);
    const auto alone = plainly(text);
    for (const std::string& behind :
         {std::string(), std::string(R"(,"index":1},{"embedding":"AAAA)"), digits(100)}) {
      const std::string whole = text + '"' + behind;
      std::string bytes(base64_size(whole), '\0');
      const auto found = decode_base64_to_quote(whole, bytes.data());
      REQUIRE(found.has_value() == alone.has_value());
      if (!found) continue;
      REQUIRE(found->length == length);
      REQUIRE(bytes.substr(0, found->bytes) == *alone);
    }
  }
  std::string bytes(100, '\0');
  CHECK(decode_base64_to_quote(R"(Zg=="Zg)", bytes.data())->bytes == 1);
  CHECK(decode_base64_to_quote(R"(Zg=="Zg)", bytes.data())->length == 4);
  for (const std::string& text : {std::string(), digits(70), R"(Zm\/v")" + digits(70),
                                  digits(70) + R"(\/")" + digits(70), std::string(R"(Z")")}) {
    CHECK_FALSE(decode_base64_to_quote(text, std::string(200, '\0').data()));
  }
}
