#include "runner/engine/ledger/disk_reserve.hpp"

#include <filesystem>
#include <utility>

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using namespace batchmill::testing;

TEST_CASE("a reserve has no name and is given back once") {
  const temporary_folder folder;
  disk_reserve reserve(folder.path(""), 1 << 20);
  if (reserve.size() == 0) {
    WARN("skipped: this file system sets no space aside");
    return;
  }
  REQUIRE(reserve.size() == 1 << 20);
  REQUIRE(std::filesystem::is_empty(folder.path("")));
  disk_reserve owner = std::move(reserve);
  reserve.release();
  REQUIRE(owner.size() == 1 << 20);
  owner.release();
  owner.release();
  REQUIRE(owner.size() == 0);
}

TEST_CASE("where there is no folder there is no reserve") {
  const temporary_folder folder;
  REQUIRE(disk_reserve(folder.path("none"), 1 << 20).size() == 0);
}
