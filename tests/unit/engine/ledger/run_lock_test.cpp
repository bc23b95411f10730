#include "runner/engine/ledger/run_lock.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <memory>

#include "batchmill/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using batchmill::testing::temporary_folder;

TEST_CASE("a second run on the same output is refused with the first's pid") {
  const temporary_folder folder;
  const run_lock first(folder.path("lock"), "out.jsonl");
  const std::string pid = std::to_string(::getpid());
  REQUIRE_THROWS_WITH(
      run_lock(folder.path("lock"), "out.jsonl"),
      ContainsSubstring("out.jsonl is being written") && ContainsSubstring("(pid " + pid + ")"));
  REQUIRE(lock_holder(folder.path("lock")) == ::getpid());
}

TEST_CASE("who lets go is no obstacle, and leaves nobody to be named") {
  const temporary_folder folder;
  { const run_lock first(folder.path("lock"), "out.jsonl"); }
  REQUIRE_FALSE(lock_holder(folder.path("lock")));
  const run_lock second(folder.path("lock"), "out.jsonl");
  REQUIRE_FALSE(lock_holder(folder.path("missing")));
}

TEST_CASE("the lock of a process that was killed is no obstacle") {
  const temporary_folder folder;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const run_lock mine(folder.path("lock"), "out.jsonl");
    [[maybe_unused]] const auto told = ::write(ready[1], "x", 1);
    for (;;) ::pause();
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  REQUIRE(lock_holder(folder.path("lock")) == child);
  REQUIRE_THROWS_AS(run_lock(folder.path("lock"), "out.jsonl"), usage_error);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  const run_lock mine(folder.path("lock"), "out.jsonl");
  ::close(ready[0]);
  ::close(ready[1]);
}
