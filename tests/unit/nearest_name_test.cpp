#include "batchmill/nearest_name.hpp"

#include <array>
#include <string>

#include "tests/support/catch.hpp"

using batchmill::nearest_name;
using batchmill::typing_errors;

TEST_CASE("the distance counts edits; neighbours swapped are one") {
  CHECK(typing_errors("model", "model") == 0);
  CHECK(typing_errors("modle", "model") == 1);
  CHECK(typing_errors("mdel", "model") == 1);
  CHECK(typing_errors("modell", "model") == 1);
  CHECK(typing_errors("nodal", "model") == 2);
  CHECK(typing_errors("", "model") == 5);
}

TEST_CASE("case and word separators do not count") {
  CHECK(typing_errors("baseUrl", "base_url") == 0);
  CHECK(typing_errors("BASE-URL", "base_url") == 0);
}

TEST_CASE("with several near names the nearest wins; one without a right letter never does") {
  constexpr auto names = std::to_array<std::string_view>({"customer_name", "customer_mail", "b"});
  CHECK(nearest_name("customer_nmae", names) == "customer_name");
  CHECK(nearest_name("a", names).empty());
}

TEST_CASE("the nearest name is found, but none for a name that is far from all") {
  constexpr auto names = std::to_array<std::string_view>({"path", "format", "id"});
  CHECK(nearest_name("pth", names) == "path");
  CHECK(nearest_name("fromat", names) == "format");
  CHECK(nearest_name("colour", names).empty());
  CHECK(nearest_name("x", names).empty());
  CHECK(nearest_name("", names).empty());
  CHECK(nearest_name(std::string(10'000, 'p'), names).empty());
}
