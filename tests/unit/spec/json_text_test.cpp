// Templates and parameters as JSON text: YAML 1.2's meaning, the user's spelling.
#include "runner/spec/json_text.hpp"

#include <string>

#include "runner/spec/yaml_tree.hpp"
#include "tests/support/catch.hpp"

using batchmill::json_fragment;
using batchmill::spec::parse_yaml;
using batchmill::spec::to_json;
using batchmill::spec::yaml_text;

namespace {

json_fragment convert(const std::string& yaml) {
  return to_json(parse_yaml(yaml_text(yaml, "job.yaml", true)).value());
}

std::string json(const std::string& yaml) {
  return convert(yaml).text;
}

}  // namespace

TEST_CASE("numbers keep their spelling where JSON has it") {
  const auto* number =
      GENERATE("0", "-0", "17", "-5", "1.0", "0.10", "-0.31725305", "1e400", "1E+5", "2.50e-7",
               "123456789012345678901234567890", "0.1000000000000000055511151231257827");
  CHECK(json(number) == number);
}

TEST_CASE("numbers that only YAML can spell are respelt") {
  CHECK(json("+5") == "5");
  CHECK(json(".5") == "0.5");
  CHECK(json("-.5") == "-0.5");
  CHECK(json("5.") == "5.0");
  CHECK(json("5.e3") == "5e3");
  CHECK(json("+.5E-3") == "0.5E-3");
  CHECK(json("007") == "7");
  CHECK(json("-00") == "-0");
  CHECK(json("0o17") == "15");
  CHECK(json("0x1f") == "31");
  CHECK(json("0xFFFFFFFFFFFFFFFF") == "18446744073709551615");
}

TEST_CASE("null and booleans have the spellings of YAML 1.2") {
  CHECK(json("[~, null, Null, NULL]") == "[null,null,null,null]");
  CHECK(json("[true, True, TRUE]") == "[true,true,true]");
  CHECK(json("[false, False, FALSE]") == "[false,false,false]");
  CHECK(json("a:\nb:") == R"({"a":null,"b":null})");
}

TEST_CASE("everything else is text, the booleans of YAML 1.1 included") {
  CHECK(json("[yes, no, on, off, y, n]") == R"(["yes","no","on","off","y","n"])");
  CHECK(json("[tRUE, nuLL, 1_000, 0b1, 0X1F, 0o8, 0x, 1e, -, +, 1.2.3, 2026-01-01, 12:30:00]") ==
        R"(["tRUE","nuLL","1_000","0b1","0X1F","0o8","0x","1e","-","+","1.2.3","2026-01-01",)"
        R"("12:30:00"])");
  CHECK(json(R"(["5", '5', "true", "", '~', !!str 5])") == R"(["5","5","true","","~","5"])");
}

TEST_CASE("blocks keep their lines") {
  CHECK(json("a: |\n  one\n   two\n\n  three\n") == R"({"a":"one\n two\n\nthree\n"})");
  CHECK(json("a: |-\n  {{ text }}\n") == R"({"a":"{{ text }}"})");
  CHECK(json("a: >\n  one\n  two\n") == R"({"a":"one two\n"})");
  CHECK(json("a: |\n  17\n") == R"({"a":"17\n"})");
}

TEST_CASE("strings and keys are escaped as JSON wants") {
  CHECK(json(R"("\"\\/\b\f\n\r\t\0\x1f")") == R"("\"\\/\u0008\u000c\n\r\t\u0000\u001f")");
  CHECK(json("grüße 😀") == "\"grüße 😀\"");
  CHECK(json(R"("\U0001F600\u00fc")") == "\"😀ü\"");
  CHECK(json(R"({"a\"b": 1})") == R"({"a\"b":1})");
}

TEST_CASE("collections keep their order; keys are text") {
  CHECK(json("{b: [], a: {}, 5: [1, [2]], true: x}") ==
        R"({"b":[],"a":{},"5":[1,[2]],"true":"x"})");
}

TEST_CASE("every string value is placed, in document order, keys not") {
  const auto fragment = convert("a: x\nb:\n  - 5\n  - \"y\"\n  - c: |\n      z\nd: [true, w]\n");
  REQUIRE(fragment.strings.size() == 4);
  const auto place = [&](std::size_t i) {
    return std::to_string(fragment.strings[i].line) + ":" +
           std::to_string(fragment.strings[i].column);
  };
  CHECK(place(0) == "1:4");
  CHECK(place(1) == "4:5");
  CHECK(place(2) == "5:8");
  CHECK(place(3) == "7:11");
}
