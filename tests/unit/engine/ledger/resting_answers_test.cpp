#include "runner/engine/ledger/resting_answers.hpp"

#include <filesystem>

#include "tests/fakes/ledger_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

/// Rows 0, 1, ... have the hashes 1000, 1001, ... and lines of their own.
class fixture {
 public:
  fixture() : paths(folder.path("out.jsonl"), "") {
    std::filesystem::create_directory(paths.folder);
    run.emplace(paths);
  }

  void finish(std::uint64_t first, std::uint64_t behind) {
    for (std::uint64_t i = first; i < behind; ++i) run->book.put(row_of(i));
    run->tick();
  }

  temporary_folder folder;
  ledger_paths paths;
  std::optional<ledger_run> run;
};

}  // namespace

TEST_CASE("what an earlier process wrote is found at once") {
  fixture f;
  f.finish(0, 100);
  resting_answers resting(f.paths, output_format::batch, true);
  const auto found = resting.find(1042, 0);
  REQUIRE(found);
  CHECK(found->line == line_of(42));
  CHECK(found->ok);
  CHECK_FALSE(resting.find(2000, 0));
}

TEST_CASE("the output of this process is looked through when answers were forgotten") {
  fixture f;
  f.finish(0, 10);
  resting_answers resting(f.paths, output_format::batch, false);
  CHECK_FALSE(resting.find(1003, 0));
  CHECK(resting.find(1003, 1));
  f.finish(10, 5000);
  CHECK_FALSE(resting.find(4321, 2));  // not yet: what is in memory need not be found
  CHECK(resting.find(4321, 100 << 20));
  for (std::uint64_t hash = 1000; hash < 6000; ++hash) {
    REQUIRE(resting.find(hash, 100 << 20)->line == line_of(hash - 1000));
  }
}

TEST_CASE("failures are no answers, and rows ahead of their turn are not in the output") {
  fixture f;
  finished_row failed = row_of(0, true);
  failed.line = R"({"id":"batch_req_0","custom_id":"0","response":{"status_code":400,)"
                R"("request_id":null,"body":{"error":{"code":"bad"}}},"error":null})";
  f.run->book.put(failed);
  f.finish(2, 3);
  resting_answers resting(f.paths, output_format::batch, true);
  CHECK_FALSE(resting.find(1000, 0));
  CHECK_FALSE(resting.find(1002, 0));
  f.finish(1, 2);
  CHECK(resting.find(1002, 100 << 20));
}

TEST_CASE("an output that is none has no answers") {
  const temporary_folder folder;
  resting_answers resting(ledger_paths(folder.path("none.jsonl"), ""), output_format::batch, true);
  CHECK_FALSE(resting.find(1, 0));
}
