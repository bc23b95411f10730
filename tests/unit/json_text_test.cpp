#include "batchmill/json_text.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "batchmill/json_walk.hpp"
#include "tests/support/catch.hpp"

namespace json = batchmill::json;
using json::kind;

namespace {

const std::vector<std::string>& documents() {
  static const std::vector<std::string> all = {
      R"({"id":"chatcmpl-1","choices":[{"index":0,"message":{"role":"assistant","content":"4"},)"
      R"("logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"total_tokens":10}})",
      "{\n  \"a b\" : [ 1 , -0.5e+10 , true,false ,null ],\r\n\t\"\\u00e4\\n\" : {} , \"x\" : "
      "[\n]\n}",
      "[\"Gr\xC3\xBC\xC3\x9F"
      "e \xE2\x82\xAC \xF0\x9F\x98\x80 \\ud83d\\ude00 \\\"quoted\\\" \\/\"]",
      R"([[[["deep"]],{"k":[{"l":0}]}],1E5,0.125,"long enough to need more than one block of 16"])",
      "  { \"numbers\" : [0, -0, 10, 1e1, 1E-1, 0.0, 123456789012345678901234567890] }  ",
  };
  return all;
}

std::string minified(std::string_view text) {
  std::string out;
  const auto fault = json::minify(text, out);
  return fault ? "fault at " + std::to_string(fault->offset) + ": " + fault->what : out;
}

/// Does Boost.JSON refuse what the RFC allows: half a surrogate pair, an enormous exponent? Then
/// its verdict proves nothing. For a leading half without its partner it says no more than
/// "syntax".
bool boost_is_pickier(const boost::json::error_code& ec, const std::string& text) {
  using boost::json::error;
  return ec == error::illegal_leading_surrogate || ec == error::illegal_trailing_surrogate ||
         ec == error::expected_utf16_escape || ec == error::exponent_overflow ||
         (ec == error::syntax && text.find("\\ud83d") != std::string::npos &&
          text.find("\\ud83d\\u") == std::string::npos);
}

/// Boost.JSON as the judge: same verdict, and the minified text means the same.
void judge(const std::string& text) {
  boost::json::error_code ec;
  boost::json::parse_options options;
  options.max_depth = 1000;
  const auto expected = boost::json::parse(text, ec, {}, options);
  std::string out;
  const auto fault = json::minify(text, out);
  INFO(text);
  if (ec && boost_is_pickier(ec, text)) return;
  REQUIRE(fault.has_value() == ec.failed());
  if (ec) return;
  REQUIRE(boost::json::parse(out, ec, {}, options) == expected);
}

template <class Scan>
std::string outcome(std::string_view text) {
  std::string out = "<";
  const auto fault = json::detail::minify<Scan>(text, out);
  if (fault) out += std::to_string(fault->offset) + fault->what;
  return out;
}

}  // namespace

TEST_CASE("minify drops white space outside of strings and nothing else") {
  CHECK(minified("{}") == "{}");
  CHECK(minified(" \t\r\n[ ] \n") == "[]");
  CHECK(minified("{ \"a b\" :\n\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t [ 1 , \"  \" ] }") ==
        R"({"a b":[1,"  "]})");
  CHECK(minified(" 7 ") == "7");
  CHECK(minified("\"x\"") == "\"x\"");
  CHECK(minified("true") == "true");
}

TEST_CASE("minify appends, and leaves the output alone on a fault") {
  std::string out = "before ";
  REQUIRE_FALSE(json::minify("[ 1, 2 ]", out));
  CHECK(out == "before [1,2]");
  REQUIRE(json::minify("[ 1, 2 ", out));
  CHECK(out == "before [1,2]");
}

TEST_CASE("minify treats long texts as it treats short ones") {
  for (const std::size_t size : {1UL, 4080UL, 4088UL, 4089UL, 4090UL, 5000UL, 100000UL}) {
    const std::string text(size, 'x');
    std::string out = "before ";
    CHECK_FALSE(json::minify(R"({"a": ")" + text + R"("})", out));
    CHECK(out == R"(before {"a":")" + text + R"("})");
    CHECK(json::minify(R"({"a": ")" + text, out));
    CHECK(out == R"(before {"a":")" + text + R"("})");
  }
}

TEST_CASE("minify keeps numbers, escapes, duplicates and lone surrogates as they are") {
  for (const std::string text :
       {"-0.31725305", "1e400", "-1E-999999999999", "123456789012345678901234567890",
        "0.1000000000000000055511151231257827", R"({"a":1,"a":2})", R"("\ud800")", R"("\udc00x")",
        R"("\u0000\/\b")", "\"\x7F\""}) {
    CHECK(minified(text) == text);
  }
}

TEST_CASE("each fault says where and why") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "fault at 0: expected a value, found the end"},
      {"  ", "fault at 2: expected a value, found the end"},
      {R"({"a":1 "b":2})", "fault at 7: expected ',' or '}'"},
      {"[1 2]", "fault at 3: expected ',' or ']'"},
      {"[1}", "fault at 2: expected ',' or ']'"},
      {R"({"a":1])", "fault at 6: expected ',' or '}'"},
      {"[1,]", "fault at 3: expected a value"},
      {"{\"a\":1,}", "fault at 7: expected a key in quotes"},
      {"{a:1}", "fault at 1: expected a key in quotes"},
      {"{\"a\" 1}", "fault at 5: expected ':'"},
      {"[1] 2", "fault at 4: expected the end after the value"},
      {"]", "fault at 0: expected a value"},
      {"01", "fault at 1: expected the end after the value"},
      {"+1", "fault at 0: expected a value"},
      {".5", "fault at 0: expected a value"},
      {"-", "fault at 1: expected a digit"},
      {"-a", "fault at 1: expected a digit"},
      {"1.", "fault at 2: expected a digit"},
      {"1e", "fault at 2: expected a digit"},
      {"1e+", "fault at 3: expected a digit"},
      {"nul", "fault at 3: expected a value"},
      {"nulL", "fault at 3: expected a value"},
      {"NaN", "fault at 0: expected a value"},
      {"Infinity", "fault at 0: expected a value"},
      {"'a'", "fault at 0: expected a value"},
      {"\"a", "fault at 2: a string without its closing quote"},
      {"\"a\\", "fault at 3: a string without its closing quote"},
      {"\"a\nb\"", "fault at 2: a control character in a string"},
      {std::string("\"\0\"", 3), "fault at 1: a control character in a string"},
      {"\"\\x\"", "fault at 2: no such escape in a string"},
      {"\"\\u12G4\"", "fault at 5: expected four hexadecimal digits"},
      {"\"\\u12", "fault at 5: expected four hexadecimal digits"},
      {"\"\xFF\"", "fault at 1: not valid UTF-8"},
      {"\xEF\xBB\xBF{}", "fault at 0: starts with a byte order mark"},
      {"[\xEF\xBB\xBF]", "fault at 1: expected a value"},
      {"/* */ 1", "fault at 0: expected a value"},
      {"\xC2\xA0"
       "1",
       "fault at 0: expected a value"},
      {"\f1", "fault at 0: expected a value"},
      {"\v1", "fault at 0: expected a value"},
      {std::string("1\0", 2), "fault at 1: expected the end after the value"},
  };
  for (const auto& [text, message] : cases) {
    INFO(text);
    CHECK(minified(text) == message);
    CHECK(json::validate(text).has_value());
  }
}

TEST_CASE("every truncation of a document is a fault") {
  for (const std::string& text : documents()) {
    REQUIRE_FALSE(json::validate(text));
    const std::size_t whole = text.find_last_not_of(" \n") + 1;
    for (std::size_t n = 0; n < whole; ++n) {
      INFO(text.substr(0, n));
      REQUIRE(json::validate(text.substr(0, n)).has_value());
    }
  }
}

TEST_CASE("every single-byte change gets the verdict of Boost.JSON") {
  for (const std::string& document : documents()) {
    judge(document);
    for (std::size_t i = 0; i < document.size(); ++i) {
      std::string text = document;
      for (int b = 0; b < 256; ++b) {
        text[i] = static_cast<char>(b);
        judge(text);
      }
      judge(std::string(document).erase(i, 1));
    }
  }
}

TEST_CASE("two-byte changes that make surrogates, escapes and UTF-8 get its verdict as well") {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      judge({'"', static_cast<char>(a), static_cast<char>(b), '"'});
    }
  }
  for (const char lead : {'\xE0', '\xE1', '\xED', '\xEF', '\xF0', '\xF1', '\xF4', '\xF5'}) {
    for (int b = 0x70; b < 256; ++b) {
      judge({'"', lead, static_cast<char>(b), '\x80', '"'});
      judge({'"', lead, static_cast<char>(b), '\x80', '\xBF', '"'});
      judge({'"', lead, static_cast<char>(b), '\x80', 'A', '"'});
    }
  }
}

TEST_CASE("nesting goes to 512 levels and no further") {
  const auto nested = [](std::size_t n, char open, char close) {
    return std::string(n, open) + std::string(n, close);
  };
  CHECK(minified(nested(512, '[', ']')) == nested(512, '[', ']'));
  CHECK(minified(nested(513, '[', ']')) == "fault at 512: nested deeper than 512 levels");
  CHECK(minified(std::string(1'000'000, '[')) == "fault at 512: nested deeper than 512 levels");
  std::string objects;
  for (int i = 0; i < 511; ++i) objects += "{\"a\":";
  CHECK_FALSE(json::validate(objects + "[]" + std::string(511, '}')));
  CHECK(json::validate(objects + "{\"a\":[]}" + std::string(511, '}')));
}

TEST_CASE("the bulk scanner and the scalar one agree at every offset") {
  using json::detail::best_scan;
  using json::detail::scalar_scan;
  for (const std::string& document : documents()) {
    for (std::size_t pad = 0; pad < 20; ++pad) {
      for (const char c : {'"', '\\', '\x1F', '\x20', '\x7F', '\x80', '\xC3', '\n', '{', ']'}) {
        const std::string text =
            "[\"" + std::string(pad, 'x') + c + "\"," + std::string(pad, ' ') + document + "]";
        REQUIRE(outcome<best_scan>(text) == outcome<scalar_scan>(text));
        const char* end = text.data() + text.size();
        for (const char* p = text.data(); p != end; ++p) {
          REQUIRE(best_scan::after_space(p, end) == scalar_scan::after_space(p, end));
          REQUIRE(best_scan::quote_or_backslash(p, end) == scalar_scan::quote_or_backslash(p, end));
          REQUIRE(best_scan::quote_or_bracket(p, end) == scalar_scan::quote_or_bracket(p, end));
          REQUIRE(best_scan::string_end(p, end) == scalar_scan::string_end(p, end));
          std::string copy(text.size(), ' ');
          const char* const stop = best_scan::copy_to_quote_or_backslash(p, end, copy.data());
          REQUIRE(stop == scalar_scan::quote_or_backslash(p, end));
          REQUIRE(std::equal(p, stop, copy.data()));
        }
      }
    }
  }
}

TEST_CASE("a string ends at the first quote that no backslash has taken") {
  using json::detail::best_scan;
  using json::detail::scalar_scan;
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (auto length = random() % 70; length > 0; --length) {
      text += "\\\\\\\\\"ab"[random() % (round % 2 ? 7 : 5)];
    }
    if (round % 3 == 0) text.insert(0, 30, 'x');
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    INFO(text);
    REQUIRE(best_scan::string_end(begin, end) == scalar_scan::string_end(begin, end));
  }
  const std::string_view raw = R"("a\\\"",)";
  CHECK(json::detail::skip_string(raw.data(), raw.data() + raw.size()) == raw.data() + 7);
}

TEST_CASE("short UTF-8 sequences are known for well-formed or not") {
  using json::detail::short_utf8_length;
  using json::detail::utf8_length;
  if constexpr (std::endian::native != std::endian::little) return;
  for (int lead = 0x80; lead < 0xF0; ++lead) {
    for (int second = 0; second < 256; ++second) {
      for (const int third : {0x00, 0x7F, 0x80, 0xA0, 0xBF, 0xC0, 0xFF}) {
        const char text[] = {static_cast<char>(lead), static_cast<char>(second),
                             static_cast<char>(third), 'a'};
        INFO(lead << ' ' << second << ' ' << third);
        REQUIRE(short_utf8_length(text) == utf8_length(text, text + 4));
      }
    }
  }
  CHECK(short_utf8_length("\xF0\x9F\x98\x80") == 0);  // of four bytes
}

TEST_CASE("kind_of tells by the first byte") {
  CHECK(json::kind_of(" {}") == kind::object);
  CHECK(json::kind_of("[]") == kind::array);
  CHECK(json::kind_of("\"\"") == kind::string);
  CHECK(json::kind_of("-1") == kind::number);
  CHECK(json::kind_of("0") == kind::number);
  CHECK(json::kind_of("true") == kind::boolean);
  CHECK(json::kind_of("false") == kind::boolean);
  CHECK(json::kind_of("null") == kind::null);
  CHECK(json::kind_of("") == kind::invalid);
  CHECK(json::kind_of(" ") == kind::invalid);
  CHECK(json::kind_of("x") == kind::invalid);
}

TEST_CASE("member finds the raw slice of a value") {
  const std::string text =
      " { \"a\" : 1.50 , \"b\":{\"a\":[\"]}\\\"\",{}]} ,\"c\" : [ 1 , 2 ] , \"d\":null,"
      " \"\\u0065\":\"x\\\\\", \"\":true } ";
  CHECK(json::member(text, "a") == "1.50");
  CHECK(json::member(text, "b") == R"({"a":["]}\"",{}]})");
  CHECK(json::member(text, "c") == "[ 1 , 2 ]");
  CHECK(json::member(text, "d") == "null");
  CHECK(json::member(text, "e") == R"("x\\")");
  CHECK(json::member(text, "") == "true");
  CHECK_FALSE(json::member(text, "f"));
  CHECK_FALSE(json::member(text, "\\u0065"));
  CHECK_FALSE(json::member("[1]", "a"));
  CHECK_FALSE(json::member("\"a\"", "a"));
  CHECK_FALSE(json::member("{}", "a"));
  CHECK_FALSE(json::member("", "a"));
}

TEST_CASE("of duplicate members the last counts") {
  CHECK(json::member(R"({"a":1,"b":2,"\u0061":3})", "a") == "3");
}

TEST_CASE("for_each_member stops when told") {
  std::string seen;
  json::for_each_member(R"({"a":1, "b" : [2], "c":3})", [&](auto key, auto value) {
    seen += std::string(key) + "=" + std::string(value) + ";";
    return key != "\"b\"";
  });
  CHECK(seen == "\"a\"=1;\"b\"=[2];");
}

TEST_CASE("for_each_element walks the elements in order") {
  std::string seen;
  const auto collect = [&](std::string_view value) {
    seen += std::string(value) + ";";
    return value != "\"stop\"";
  };
  json::for_each_element(" [ 1 , \"a,b\" ,[ 2,3 ],{\"x\":[]},null ] ", collect);
  CHECK(seen == "1;\"a,b\";[ 2,3 ];{\"x\":[]};null;");
  seen.clear();
  json::for_each_element("[1,\"stop\",2]", collect);
  json::for_each_element("[ ]", collect);
  json::for_each_element("{\"a\":1}", collect);
  CHECK(seen == "1;\"stop\";");
}

TEST_CASE("walk_elements goes from each element to the place behind it") {
  const auto walk = [](std::string_view text) {
    const char* const end = text.data() + text.size();
    std::string seen;
    const char* const behind = json::walk_elements(text.data(), end, [&](const char* p) {
      const char* const next = json::behind_value(p, end);
      seen.append(p, next).append(";");
      return next;
    });
    return seen + std::string(behind, end);
  };
  CHECK(walk("[ 1 , \"a,b\" ,[ 2,3 ],{\"x\":[]},null ] ,5") ==
        "1;\"a,b\";[ 2,3 ];{\"x\":[]};null; ,5");
  CHECK(walk("[ ],") == ",");
  CHECK(walk("{\"a\":1},") == ",");
  CHECK(walk("[1,") == "1;");
}

TEST_CASE("slicing text that is no JSON ends within it") {
  for (const std::string& document : documents()) {
    for (std::size_t n = 0; n <= document.size(); ++n) {
      // A copy of its own, so that AddressSanitizer sees a read behind the end.
      const std::vector<char> exact(document.begin(), document.begin() + static_cast<long>(n));
      const std::string_view text(exact.data(), exact.size());
      std::size_t bytes = 0;
      json::for_each_member(text, [&](auto key, auto value) {
        bytes += key.size() + value.size();
        return true;
      });
      json::for_each_element(text, [&](auto value) {
        bytes += value.size();
        return true;
      });
      REQUIRE(bytes <= n);
    }
  }
  for (const std::string text :
       {"{,", "[,,", "{\"a\"", "{\"a\":", "{\"a\":}", "[\"\\", "}", "[}]"}) {
    CHECK_FALSE(json::member(text, "b"));
    json::for_each_element(text, [](auto) { return true; });
  }
}

TEST_CASE("quote makes a JSON string of any bytes") {
  CHECK(json::quote("") == "\"\"");
  CHECK(json::quote("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(json::quote(std::string("\0\x01\x1F\b\f\n\r\t\x7F", 9)) ==
        "\"\\u0000\\u0001\\u001f\\b\\f\\n\\r\\t\x7F\"");
  CHECK(json::quote("\xC3\xA4\xF0\x9F\x98\x80") == "\"\xC3\xA4\xF0\x9F\x98\x80\"");
  CHECK(json::quote("a\xFF"
                    "b\xC3") ==
        "\"a\xEF\xBF\xBD"
        "b\xEF\xBF\xBD\"");
  CHECK(json::quote("\xED\xA0\x80") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST_CASE("unquote gives the text of a raw string") {
  CHECK(json::unquote("\"\"") == "");
  CHECK(json::unquote(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(json::unquote(R"("\u0041\u00e4\u20AC\uD83D\uDE00")") ==
        "A\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
  CHECK(json::unquote(R"("\u0000")") == std::string(1, '\0'));
  CHECK(json::unquote("\"\xC3\xA4\"") == "\xC3\xA4");

  SECTION("half a surrogate pair becomes U+FFFD") {
    CHECK(json::unquote(R"("\ud800")") == "\xEF\xBF\xBD");
    CHECK(json::unquote(R"("\udc00")") == "\xEF\xBF\xBD");
    CHECK(json::unquote(R"("\ud800x")") == "\xEF\xBF\xBDx");
    CHECK(json::unquote(R"("\ud800\ud83d\ude00")") == "\xEF\xBF\xBD\xF0\x9F\x98\x80");
    CHECK(json::unquote(R"("\ud800\u0041")") ==
          "\xEF\xBF\xBD"
          "A");
  }
  SECTION("nothing of what is no string") {
    for (const std::string text : {"", "\"", "1", "null", "x\"", "\"x", R"("\x")", R"("\")",
                                   R"("\u12")", R"("\u12G4")", R"("a"b")"}) {
      INFO(text);
      CHECK_FALSE(json::unquote(text));
    }
  }
}

TEST_CASE("quote and unquote undo each other") {
  std::string text;
  for (int c = 0; c < 128; ++c) text += static_cast<char>(c);
  for (std::uint32_t c = 0x80; c < 0x110000; c += 97) {
    if (c < 0xD800 || c > 0xDFFF) json::detail::append_utf8(text, c);
  }
  const std::string quoted = json::quote(text);
  CHECK_FALSE(json::validate(quoted));
  CHECK((json::unquote(quoted) == text));
  CHECK((boost::json::parse(quoted).as_string() == text));
}

TEST_CASE("key_is compares what escapes mean") {
  CHECK(json::key_is(R"("ab")", "ab"));
  CHECK(json::key_is(R"("\u0061b")", "ab"));
  CHECK_FALSE(json::key_is(R"("a\\b")", "a\\\\b"));
  CHECK(json::key_is(R"("a\\b")", "a\\b"));
  CHECK_FALSE(json::key_is(R"("ab")", "a"));
  CHECK_FALSE(json::key_is(R"("ab")", "abc"));
  CHECK(json::key_is(R"("")", ""));
}

TEST_CASE("integer reads integers that fit") {
  CHECK(json::integer("0") == 0);
  CHECK(json::integer("-12") == -12);
  CHECK(json::integer("9223372036854775807") == 9223372036854775807);
  for (const std::string text :
       {"", "9223372036854775808", "1.0", "1e3", "\"1\"", "null", "+1", " 1"}) {
    INFO(text);
    CHECK_FALSE(json::integer(text));
  }
}

TEST_CASE("walk_members goes into what it is told to, and behind the rest") {
  const std::string text = R"({"a":{"b":[1,{"c":2}],"d":"}"},"e":"x\"y", "f":{} , "g":3} rest)";
  const char* const end = text.data() + text.size();
  std::string seen;
  const char* stop = json::walk_members(text.data(), end, [&](std::string_view key, const char* p) {
    seen += key;
    if (key != R"("a")") return json::behind_value(p, end);
    return json::walk_members(p, end, [&](std::string_view inner, const char* q) {
      seen += inner;
      return json::behind_value(q, end);
    });
  });
  CHECK(seen == R"("a""b""d""e""f""g")");
  CHECK(std::string(stop, end) == " rest");
}

TEST_CASE("walk_members ends within what is no object") {
  const std::string text = R"({"a":{"b":1},"c":[2]})";
  for (std::size_t length = 0; length < text.size(); ++length) {
    const std::string cut = text.substr(0, length);
    const char* const end = cut.data() + cut.size();
    const char* stop = json::walk_members(cut.data(), end, [&](std::string_view, const char* p) {
      return json::behind_value(p, end);
    });
    CHECK(stop <= end);
  }
}
