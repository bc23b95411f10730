// The right name for a wrong one.
#include "runner/spec/nearest.hpp"

#include <array>
#include <string>

#include "tests/support/catch.hpp"

using batchmill::spec::distance;
using batchmill::spec::nearest;

TEST_CASE("the distance counts edits; neighbours swapped are one") {
  CHECK(distance("model", "model") == 0);
  CHECK(distance("modle", "model") == 1);
  CHECK(distance("mdel", "model") == 1);
  CHECK(distance("modell", "model") == 1);
  CHECK(distance("nodal", "model") == 2);
  CHECK(distance("", "model") == 5);
}

TEST_CASE("case and word separators do not count") {
  CHECK(distance("baseUrl", "base_url") == 0);
  CHECK(distance("BASE-URL", "base_url") == 0);
}

TEST_CASE("the nearest name is found, but none for a name that is far from all") {
  constexpr auto names = std::to_array<std::string_view>({"path", "format", "id"});
  CHECK(nearest("pth", names) == "path");
  CHECK(nearest("fromat", names) == "format");
  CHECK(nearest("colour", names).empty());
  CHECK(nearest("x", names).empty());
  CHECK(nearest("", names).empty());
  CHECK(nearest(std::string(10'000, 'p'), names).empty());
}
