// JSON as it leaves the program.
#include "runner/progress/json_text.hpp"

#include <cmath>
#include <limits>

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

TEST_CASE("strings are escaped and always valid UTF-8") {
  CHECK(json_string("") == R"("")");
  CHECK(json_string("a \"quoted\" \\ path/") == R"("a \"quoted\" \\ path/")");
  CHECK(json_string("line\nend\r\t") == R"("line\nend\r\t")");
  CHECK(json_string("\x1b[2J\x7f") == R"("\u001b[2J\u007f")");
  CHECK(json_string("日本 \u2028\u009b") == "\"日本 \\u2028\\u009b\"");
  CHECK(json_string("bad \xff\xc0!") == R"("bad \ufffd\ufffd!")");
}

TEST_CASE("numbers have decimals but never an exponent") {
  CHECK(json_number(0) == "0.0");
  CHECK(json_number(12) == "12.0");
  CHECK(json_number(100) == "100.0");
  CHECK(json_number(0.35) == "0.35");
  CHECK(json_number(1e-9) == "0.0");
  CHECK(json_number(-2.5) == "-2.5");
  CHECK(json_number(123456789.125) == "123456789.125");
  CHECK(json_number(std::nan("")) == "0.0");
  CHECK(json_number(std::numeric_limits<double>::infinity()) == "0.0");
  CHECK(json_seconds(1500ms) == "1.5");
  CHECK(json_seconds(12us) == "0.000012");
}

TEST_CASE("an object on one line keeps its order") {
  json_object inner;
  inner.count("n", 1);
  json_object o;
  o.text("b", "x").flag("a", true).null("z").integer("i", -5).number("r", 0.123456);
  o.text_or_null("e", "").object("o", inner).list("l", {inner, inner}).list("none", {});
  CHECK(
      o.line() ==
      R"({"b":"x","a":true,"z":null,"i":-5,"r":0.123,"e":null,"o":{"n":1},"l":[{"n":1},{"n":1}],"none":[]})");
  CHECK(json_object().line() == "{}");
}

TEST_CASE("an object is pretty-printed with two spaces") {
  json_object inner;
  inner.count("n", 1).count("m", 2);
  json_object o;
  o.object("o", inner).list("l", {inner}).list("none", {}).object("empty", {});
  CHECK(o.pretty() == R"({
  "o": {
    "n": 1,
    "m": 2
  },
  "l": [
    {
      "n": 1,
      "m": 2
    }
  ],
  "none": [],
  "empty": {}
})");
}
