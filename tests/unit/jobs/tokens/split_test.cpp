#include "jobs/tokens/split.hpp"

#include <optional>

#include "batchmill/json_text.hpp"
#include "jobs/tokens/fast_split.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/plain_tokens.hpp"

using namespace batchmill;
using namespace batchmill::tokens;
using testing::mixed_text;
using testing::split_by_pattern;

namespace {

using strings = std::vector<std::string>;

constexpr split_pattern patterns[] = {split_pattern::r50k, split_pattern::cl100k,
                                      split_pattern::o200k};

template <split_pattern P>
std::optional<strings> pieces_of(std::string_view text) {
  strings pieces;
  bool broken = false;
  const byte* const end = bytes_of(text) + text.size();
  for (const byte* p = bytes_of(text); p < end;) {
    const byte* const next = piece_end<P>(p, end, broken);
    if (broken) return std::nullopt;
    pieces.emplace_back(p, next);
    p = next;
  }
  return pieces;
}

std::optional<strings> split(split_pattern pattern, std::string_view text) {
  switch (pattern) {
    case split_pattern::r50k:
      return pieces_of<split_pattern::r50k>(text);
    case split_pattern::cl100k:
      return pieces_of<split_pattern::cl100k>(text);
    default:
      return pieces_of<split_pattern::o200k>(text);
  }
}

std::optional<strings> split_in_windows(split_pattern pattern, std::string_view text) {
  std::vector<std::size_t> ends;
  // Bytes behind the text that would be read as part of it.
  const std::string surrounded = "a" + std::string(text) + "sss";
  const std::string_view inner = std::string_view(surrounded).substr(1, text.size());
  if (!split_fast(pattern, inner, ends)) return std::nullopt;
  strings pieces;
  std::size_t at = 0;
  for (const std::size_t end : ends) {
    pieces.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return pieces;
}

strings o200k(std::string_view text) {
  return split(split_pattern::o200k, text).value();
}
strings cl100k(std::string_view text) {
  return split(split_pattern::cl100k, text).value();
}
strings r50k(std::string_view text) {
  return split(split_pattern::r50k, text).value();
}

/// The longest beginning of at most so many bytes that ends with a whole character.
std::string_view cut(std::string_view text, std::size_t bytes) {
  bytes = std::min(bytes, text.size());
  while (bytes < text.size() && (static_cast<byte>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

}  // namespace

TEST_CASE("o200k splits where small letters meet capitals") {
  CHECK(o200k("HTMLParser parseURL") == strings{"HTMLParser", " parse", "URL"});
  // A letter without case ends what capitals began, unless small ones follow.
  CHECK(o200k("日本ABC") == strings{"日本", "ABC"});
  CHECK(o200k("ABC日本") == strings{"ABC日本"});
  CHECK(o200k("日本ABCdef") == strings{"日本ABCdef"});
  // A mark before capitals is a piece by itself.
  CHECK(o200k("\u0301ABC") == strings{"\u0301", "ABC"});
  CHECK(o200k("\u0301abc") == strings{"\u0301abc"});
}

TEST_CASE("Contractions belong to the word in o200k, are pieces in cl100k, and small in r50k") {
  CHECK(o200k("don't DON'T") == strings{"don't", " DON'T"});
  CHECK(cl100k("don't DON'T") == strings{"don", "'t", " DON", "'T"});
  CHECK(r50k("don't DON'T") == strings{"don", "'t", " DON", "'", "T"});
  CHECK(o200k("a's's") == strings{"a's", "'s"});
  CHECK(o200k("a'ſ") == strings{"a'ſ"});
  CHECK(r50k("we'lL") == strings{"we", "'", "lL"});
}

TEST_CASE("Numbers come in threes, but not in r50k") {
  CHECK(o200k("12345678 9") == strings{"123", "456", "78", " ", "9"});
  CHECK(r50k("12345678 9") == strings{"12345678", " 9"});
}

TEST_CASE("White space is cut after its last newline and before its last blank") {
  CHECK(o200k("a \n \n   b") == strings{"a", " \n \n", "  ", " b"});
  CHECK(cl100k("a \n  ") == strings{"a", " \n  "});
  CHECK(o200k("a \n  ") == strings{"a", " \n", "  "});
  CHECK(r50k("a \n  b") == strings{"a", " \n ", " b"});
  CHECK(o200k("a\u00A0\u00A0!") == strings{"a", "\u00A0", "\u00A0", "!"});
}

TEST_CASE("Punctuation takes the newlines behind it, in o200k slashes too") {
  CHECK(o200k("};\n//x") == strings{"};\n//", "x"});
  CHECK(cl100k("};\n//x") == strings{"};\n", "//", "x"});
  CHECK(r50k("};\n//x") == strings{"};", "\n", "//", "x"});
}

TEST_CASE("A byte order mark is punctuation, a next-line control is white space") {
  CHECK(o200k("\uFEFFhello") == strings{"\uFEFFhello"});
  CHECK(o200k("a\u0085b") == strings{"a", "\u0085b"});
  CHECK(cl100k("\u180Ea") == strings{"\u180Ea"});
}

TEST_CASE("Broken UTF-8 is noticed") {
  for (const char* text : {"\xFF", "a\x80", "\xC3", "\xE4\xB8", "\xED\xA0\x80", "\xC0\xAF",
                           "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", " \xE4\xB8", "!\xFF", "1\xFF"}) {
    INFO(text);
    for (const split_pattern pattern : patterns) {
      CHECK_FALSE(split(pattern, text));
      if (can_split_fast()) CHECK_FALSE(split_in_windows(pattern, text));
    }
  }
}

TEST_CASE("The splitters do as the regular expressions say") {
  for (unsigned seed = 0; seed < 192; ++seed) {
    const std::string text = mixed_text(60, seed);
    for (const split_pattern pattern : patterns) {
      INFO(seed << ' ' << text);
      CHECK(split(pattern, text) == split_by_pattern(pattern, text));
    }
  }
}

TEST_CASE("Windows of 64 bytes split as one character after the other does, at every length") {
  if (!can_split_fast()) return;
  for (unsigned seed = 0; seed < 64; ++seed) {
    const std::string text = mixed_text(200, seed);
    for (std::size_t length = 1; length <= 200; ++length) {
      for (const split_pattern pattern : patterns) {
        INFO(seed << ' ' << length << ' ' << cut(text, length));
        REQUIRE(split_in_windows(pattern, cut(text, length)) == split(pattern, cut(text, length)));
      }
    }
  }
}

TEST_CASE("Windows know of characters outside of ASCII what the plain splitter knows") {
  if (!can_split_fast()) return;
  const auto check = [](const std::string& text) {
    for (const split_pattern pattern : patterns) {
      INFO(text);
      REQUIRE(split_in_windows(pattern, text) == split(pattern, text));
    }
  };
  // Where classes begin and end within a few characters all of them, elsewhere some.
  for (char32_t point = 0x80; point < 0x11000; ++point) {
    const bool is_mixed = point < 0x700 || point >> 7 == 0x2000 >> 7 || point >> 8 == 0x30 ||
                          point >> 8 == 0xFF || point >> 4 == 0xD77 || point >> 4 == 0x9FF;
    if (!is_mixed && point % 61 != 0 && (point & 0xFFF) != 0) continue;
    if (point >= 0xD800 && point < 0xE000) continue;
    std::string c;
    json::detail::append_utf8(c, point);
    check("A" + c + "a " + c + c + " !" + c + c + "B'" + c + "s\n" + c + "\n/中" + c + "A " + c +
          "1");
  }
}

TEST_CASE("Windows notice every broken byte among characters outside of ASCII") {
  if (!can_split_fast()) return;
  const std::string text = " д中é한。か，";
  for (std::size_t at = 1; at < text.size(); ++at) {
    for (int c = 0; c < 256; ++c) {
      std::string broken = text;
      broken[at] = static_cast<char>(c);
      for (const split_pattern pattern : patterns) {
        INFO(at << ' ' << c);
        REQUIRE(split_in_windows(pattern, broken) == split(pattern, broken));
      }
    }
  }
}
