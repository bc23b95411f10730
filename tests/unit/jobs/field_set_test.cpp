#include "jobs/field_set.hpp"

#include "tests/support/catch.hpp"

using batchmill::jobs::field_set;
using batchmill::jobs::names_of;

TEST_CASE("fields are found in the order in which they were added") {
  field_set fields;
  CHECK(fields.add("b") == 0);
  CHECK(fields.add("a") == 1);
  CHECK(fields.add("b") == 0);
  CHECK(fields.add("none") == 2);
  const auto values = fields.find(R"({"a":1,"b":[2],"c":3})");
  REQUIRE(values.size() == 3);
  CHECK(values[0] == "[2]");
  CHECK(values[1] == "1");
  CHECK(values[2].data() == nullptr);
}

TEST_CASE("of duplicate fields the last counts, and escaped keys are meant") {
  field_set fields;
  fields.add("a");
  CHECK(fields.find(R"({"a":1,"\u0061":2})").front() == "2");
}

TEST_CASE("names_of lists the keys of an object") {
  CHECK(names_of(R"({"a":1,"b \"c\"":{"d":2}})") == std::vector<std::string>{"a", "b \"c\""});
  CHECK(names_of("[1]").empty());
}
