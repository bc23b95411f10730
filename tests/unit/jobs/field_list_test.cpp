#include "jobs/field_list.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill::jobs;

TEST_CASE("members become fields; lists and objects are named with brackets") {
  std::vector<text_field> fields;
  add_fields("a", R"({"b":["x\n",true],"c":{"d":0.10},"e":null})", fields);
  REQUIRE(fields.size() == 3);
  CHECK(fields[0].name == "a[b][]");
  CHECK(fields[0].value == "x\n");
  CHECK(fields[1].value == "true");
  CHECK(fields[2].name == "a[c][d]");
  CHECK(fields[2].value == "0.10");
}

TEST_CASE("a query is percent-encoded") {
  CHECK(to_query(R"({"q":"a b&c=\u00e4","limit":10,"in":["x","y"],"no":null})") ==
        "q=a%20b%26c%3D%C3%A4&limit=10&in%5B%5D=x&in%5B%5D=y");
  CHECK(to_query("{}").empty());
}
