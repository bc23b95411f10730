#include "runner/engine/ledger/recovery.hpp"

#include <filesystem>
#include <fstream>
#include <set>

#include "tests/fakes/ledger_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using namespace batchmill::testing;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t all_rows = 40;

struct place_to_run {
  place_to_run() { fs::create_directory(paths.folder); }

  std::string newest_segment() const {
    return segment_path(paths.folder, list_segments(paths.folder).back());
  }

  temporary_folder folder;
  ledger_paths paths{folder.path("out.jsonl"), ""};
};

std::string lines_until(std::uint64_t end) {
  std::string text;
  for (std::uint64_t i = 0; i < end; ++i) text += line_of(i) + "\n";
  return text;
}

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Rows 0-4 in the output, 7, 9 and 11 ahead; in the last tick 5, 6 and 7 reach the output and 13
/// goes ahead.
void leave_unfinished(const ledger_paths& paths) {
  ledger_run run(paths);
  for (const std::uint64_t i : {0, 1, 2, 3, 4, 7, 9, 11}) run.book.put(row_of(i));
  run.tick();
  for (const std::uint64_t i : {5, 6, 13}) run.book.put(row_of(i));
  run.tick();
}

/// A process that goes on from what it finds. Returns the rows it had to ask again.
std::set<std::uint64_t> go_on(const ledger_paths& paths) {
  ledger_run run(paths);
  std::set<std::uint64_t> asked;
  for (std::uint64_t i = 0; i < all_rows; ++i) {
    if (run.book.finished(i)) continue;
    asked.insert(i);
    run.book.put(row_of(i));
  }
  run.settle();
  return asked;
}

void require_whole(const place_to_run& place) {
  REQUIRE(content(place.paths.output) == lines_until(all_rows));
  const recovered end = recover(place.paths, output_format::batch);
  REQUIRE(end.mark.position == all_rows);
  REQUIRE(end.counts.ok == all_rows);
  REQUIRE(end.counts.tokens.total == 10 * all_rows);
  hash_reader hashes(place.paths.hashes());
  for (std::uint64_t i = 0; i < all_rows; ++i) {
    const std::uint64_t hash = hashes.next();
    REQUIRE((hash == 1000 + i || hash == 0));
  }
}

}  // namespace

TEST_CASE("nothing to recover where nothing was") {
  const temporary_folder folder;
  const recovered found = recover(ledger_paths(folder.path("out"), ""), output_format::batch);
  REQUIRE_FALSE(found.any());
  REQUIRE(found.lost == 0);
}

TEST_CASE("after an interruption everything that was committed is known") {
  const place_to_run place;
  leave_unfinished(place.paths);
  const recovered found = recover(place.paths, output_format::batch);
  REQUIRE(found.mark.position == 8);
  REQUIRE(found.ahead.size() == 3);
  REQUIRE(found.ahead[0].index == 9);
  REQUIRE(found.ahead[2].index == 13);
  REQUIRE(found.ahead[2].hash == 1013);
  REQUIRE(found.counts.ok == 11);
  REQUIRE(found.counts.tokens.total == 110);
  const auto asked = go_on(place.paths);
  REQUIRE(asked.size() == all_rows - 11);
  require_whole(place);
}

TEST_CASE("recovery can be repeated at will") {
  const place_to_run place;
  leave_unfinished(place.paths);
  for (int i = 0; i < 5; ++i) ledger_run nothing_new(place.paths);
  REQUIRE(list_segments(place.paths.folder).size() ==
          2);  // the one with rows ahead, and the newest
  REQUIRE(go_on(place.paths).size() == all_rows - 11);
  require_whole(place);
}

TEST_CASE("the log cut at every byte opens to a correct state") {
  const place_to_run whole;
  leave_unfinished(whole.paths);
  const std::string log = content(whole.newest_segment());
  const std::string output = content(whole.paths.output);
  const std::string hashes = content(whole.paths.hashes());
  for (std::size_t n = 0; n <= log.size(); ++n) {
    CAPTURE(n);
    const place_to_run place;
    place.folder.write("out.jsonl", output);
    place.folder.write("out.jsonl.ledger/hashes", hashes);
    place.folder.write("out.jsonl.ledger/rows-000001.log", log.substr(0, n));
    const auto asked = go_on(place.paths);
    REQUIRE(asked.size() <= all_rows);
    REQUIRE(asked.size() >= all_rows - 11);
    require_whole(place);
  }
}

TEST_CASE("the log damaged at every byte opens to a correct state") {
  const place_to_run whole;
  leave_unfinished(whole.paths);
  const std::string log = content(whole.newest_segment());
  const std::string output = content(whole.paths.output);
  for (std::size_t n = 0; n < log.size(); n += 3) {
    CAPTURE(n);
    const place_to_run place;
    std::string damaged = log;
    damaged[n] = static_cast<char>(damaged[n] ^ 0x55);
    place.folder.write("out.jsonl", output);
    place.folder.write("out.jsonl.ledger/rows-000001.log", damaged);
    go_on(place.paths);
    require_whole(place);
  }
}

TEST_CASE("the output cut at every byte opens to a correct state: the log gives back what it has") {
  const place_to_run whole;
  leave_unfinished(whole.paths);
  const std::string log = content(whole.newest_segment());
  const std::string output = content(whole.paths.output);
  const std::string hashes = content(whole.paths.hashes());
  for (std::size_t n = 0; n <= output.size(); ++n) {
    CAPTURE(n);
    const place_to_run place;
    place.folder.write("out.jsonl", output.substr(0, n));
    place.folder.write("out.jsonl.ledger/hashes", hashes);
    place.folder.write("out.jsonl.ledger/rows-000001.log", log);
    const auto asked = go_on(place.paths);
    REQUIRE_FALSE(asked.contains(9));
    REQUIRE_FALSE(asked.contains(7));  // lost from the output, but it had been ahead before
    require_whole(place);
  }
}

TEST_CASE("what a torn tick left behind the mark is cut off") {
  const place_to_run place;
  leave_unfinished(place.paths);
  std::ofstream(place.paths.output, std::ios::app) << line_of(8) << "\n{\"id\":\"bat";
  std::ofstream(place.paths.hashes(), std::ios::app) << "12345678abc";
  std::ofstream(place.newest_segment(), std::ios::app) << std::string(100, '\0');
  REQUIRE(go_on(place.paths).size() == all_rows - 11);
  require_whole(place);
}

TEST_CASE("a ledger that is gone is rebuilt from the whole lines of the output") {
  const place_to_run place;
  leave_unfinished(place.paths);
  fs::remove_all(place.paths.folder);
  fs::create_directory(place.paths.folder);
  std::ofstream(place.paths.output, std::ios::app) << "{\"id\":\"bat";
  const recovered found = recover(place.paths, output_format::batch);
  REQUIRE(found.from_output);
  REQUIRE(found.mark.position == 8);
  REQUIRE(found.counts.tokens.total == 80);
  REQUIRE(go_on(place.paths).size() == all_rows - 8);
  require_whole(place);
}

TEST_CASE("an output that is gone is noticed, and its rows are asked again") {
  const place_to_run place;
  leave_unfinished(place.paths);
  fs::remove(place.paths.output);
  const recovered found = recover(place.paths, output_format::batch);
  REQUIRE(found.lost == 8);
  REQUIRE(found.mark.position == 0);
  go_on(place.paths);
  require_whole(place);
}

TEST_CASE("the failed file follows the output, and one that cannot be made anew is continued") {
  const temporary_folder folder;
  const ledger_paths paths(folder.path("out.jsonl"), folder.path("failed.jsonl"));
  fs::create_directory(paths.folder);
  {
    ledger_run run(paths);
    run.book.put(row_of(0, true));
    run.book.put(row_of(1, true));
    run.tick();
  }
  std::ofstream(paths.failed, std::ios::app) << "torn";
  {
    ledger_run run(paths);
    run.book.put(row_of(2, true));
    run.tick();
  }
  REQUIRE(content(paths.failed) == "input 0\ninput 1\ninput 2\n");
  fs::remove(paths.failed);
  {
    ledger_run run(paths);
    run.book.put(row_of(3, true));
    run.tick();
  }
  REQUIRE(content(paths.failed) == "input 3\n");
  REQUIRE(recover(paths, output_format::batch).counts.failures.at("400 bad") == 4);
}
