#include "runner/engine/ledger/ledger.hpp"

#include <filesystem>
#include <numeric>
#include <random>

#include "tests/fakes/ledger_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using namespace batchmill::testing;
namespace fs = std::filesystem;

namespace {

struct place_to_run {
  place_to_run() { fs::create_directory(paths.folder); }

  std::string output() const { return folder.read("out.jsonl"); }
  std::size_t segments() const { return list_segments(paths.folder).size(); }

  temporary_folder folder;
  ledger_paths paths{folder.path("out.jsonl"), folder.path("failed.jsonl")};
};

std::string lines_until(std::uint64_t end) {
  std::string text;
  for (std::uint64_t i = 0; i < end; ++i) text += line_of(i) + "\n";
  return text;
}

}  // namespace

TEST_CASE("lines come out in the order of their rows, once a tick made them durable") {
  const place_to_run place;
  ledger_run run(place.paths);
  run.book.put(row_of(2));
  run.book.put(row_of(1, true));
  run.tick();
  REQUIRE(place.output().empty());
  REQUIRE(run.book.position() == 0);
  REQUIRE(run.book.held() == 2);
  run.book.put(row_of(0));
  REQUIRE(place.output().empty());
  run.tick();
  REQUIRE(place.output() == lines_until(3));
  REQUIRE(place.folder.read("failed.jsonl") == "input 1\n");
  REQUIRE(run.book.held() == 0);
  REQUIRE(run.files.mark().position == 3);
  REQUIRE(run.files.mark().counts.failed == 1);
}

TEST_CASE("rows whose turn comes within the tick never go to the log") {
  const place_to_run place;
  ledger_run run(place.paths);
  for (const std::uint64_t i : {3, 1, 0, 2}) run.book.put(row_of(i));
  const auto before = fs::file_size(segment_path(place.paths.folder, 1));
  run.tick();
  REQUIRE(fs::file_size(segment_path(place.paths.folder, 1)) - before < 64);  // the commit
}

TEST_CASE("rows of any order come out in order, with any limits") {
  const auto memory = GENERATE(std::size_t{0}, std::size_t{5000}, std::size_t{16 << 20});
  const place_to_run place;
  ledger_limits limits;
  limits.memory = memory;
  limits.read_back = 3000;
  limits.segment = 10'000;
  ledger_run run(place.paths, limits);
  std::vector<std::uint64_t> order(2000);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937(5));
  for (std::size_t i = 0; i < order.size(); ++i) {
    run.book.put(row_of(order[i], order[i] % 7 == 0));
    if (i % 37 == 0) run.tick();
    REQUIRE(run.book.memory() <= memory + 37 * (sizeof(finished_row) + 200));
  }
  run.settle();
  REQUIRE(place.output() == lines_until(2000));
  REQUIRE(run.book.memory() == 0);
  REQUIRE(run.files.mark().counts.failed == 286);
  REQUIRE(place.segments() == 1);
}

TEST_CASE("a straggler: rows behind it rest in the log, not in memory, and nobody has to wait") {
  const place_to_run place;
  ledger_limits limits;
  limits.memory = 10'000;
  limits.segment = 100'000;
  ledger_run run(place.paths, limits);
  for (std::uint64_t i = 1; i <= 20'000; ++i) {
    run.book.put(row_of(i));
    if (i % 50 == 0) run.tick();
    REQUIRE(run.book.has_room());
  }
  REQUIRE(run.book.memory() < 20'000);
  REQUIRE(place.segments() > 20);
  run.book.put(row_of(0));
  run.settle();
  REQUIRE(place.output() == lines_until(20'001));
  REQUIRE(place.segments() == 1);
}

TEST_CASE("segments are left behind as soon as none of their rows waits") {
  const place_to_run place;
  ledger_limits limits;
  limits.segment = 2000;
  ledger_run run(place.paths, limits);
  for (std::uint64_t i = 0; i < 400; i += 2) {
    run.book.put(row_of(i + 1));
    run.tick();
    run.book.put(row_of(i));
    run.tick();
    REQUIRE(place.segments() <= 2);
  }
  REQUIRE(place.output() == lines_until(400));
}

TEST_CASE("more rows ahead than allowed make the feeder wait") {
  const place_to_run place;
  ledger_limits limits;
  limits.rows_ahead = 10;
  limits.unsaved = 2500;
  ledger_run run(place.paths, limits);
  run.book.put(row_of(9));
  REQUIRE_FALSE(run.book.has_room());
  for (std::uint64_t i = 0; i < 9; ++i) run.book.put(row_of(i));
  run.tick();
  REQUIRE(run.book.has_room());
  for (std::uint64_t i = 10; i < 19; ++i) run.book.put(row_of(i));
  REQUIRE_FALSE(run.book.has_room());  // bytes that are not on the disk yet
  run.tick();
  REQUIRE(run.book.has_room());
}

TEST_CASE("much to write brings the tick forward") {
  const place_to_run place;
  ledger_limits limits;
  limits.early_tick = 2000;
  ledger_run run(place.paths, limits);
  for (std::uint64_t i = 0; i < 10; ++i) run.book.put(row_of(i));
  run.pump();
  REQUIRE(run.files.mark().position > 0);
}

TEST_CASE("the disk thread does the same work as one that is called") {
  const place_to_run place;
  boost::asio::io_context io(1);
  const recovered found;
  journal files(place.paths, found, 1 << 20);
  const auto worker = make_disk_thread(io.get_executor());
  ledger_limits limits;
  limits.early_tick = 5000;
  limits.memory = 5000;
  ledger book(io.get_executor(), *worker, files, found, limits);
  for (std::uint64_t i = 1; i < 5000; ++i) {
    book.put(row_of(i));
    io.restart();
    io.poll();
  }
  book.put(row_of(0));
  io.restart();
  run_coroutine(io, book.settle());
  REQUIRE(place.output() == lines_until(5000));
}

TEST_CASE("on a full disk the output stays whole, and what is finished rests in the log") {
  const place_to_run place;
  ledger_paths paths = place.paths;
  paths.failed = "/dev/full";
  {
    ledger_run run(paths);
    run.book.put(row_of(0));
    run.book.put(row_of(4));
    run.tick();
    run.book.put(row_of(1, true));
    run.book.put(row_of(2));
    run.book.put(row_of(6));
    run.tick();
    REQUIRE(run.book.full() == "cannot write to /dev/full: No space left on device");
    for (const std::uint64_t finished_while_ending : {3, 8, 5}) {
      run.book.put(row_of(finished_while_ending));
    }
    REQUIRE_THROWS_WITH(run.settle(), ContainsSubstring("No space left"));
    REQUIRE(place.output() == lines_until(1));
  }
  ledger_run later(place.paths);
  for (std::uint64_t i = 0; i < 9; ++i) REQUIRE(later.book.finished(i) == (i != 7));
  later.book.put(row_of(7));
  later.settle();
  REQUIRE(place.output() == lines_until(9));
  REQUIRE(place.folder.read("failed.jsonl") == "input 1\n");
}

TEST_CASE("a stream that takes no more ends the run with the reason") {
  const place_to_run place;
  ledger_paths paths = place.paths;
  paths.output = "/dev/full";
  ledger_run run(paths);
  run.book.put(row_of(0));
  run.tick();
  REQUIRE_THROWS_WITH(run.tick(), ContainsSubstring("cannot write to /dev/full: No space left"));
  REQUIRE_THROWS_AS(run.settle(), std::exception);
}

TEST_CASE("no line is written before the files that it names are durable") {
  const std::uint64_t index = GENERATE(0, 1);  // its turn, and ahead of it
  const place_to_run place;
  ledger_run run(place.paths);
  finished_row row = row_of(index);
  row.files = {place.folder.path("there"), place.folder.path("gone")};
  place.folder.write("there", "x");
  run.book.put(std::move(row));
  run.tick();
  CHECK_THROWS_WITH(run.settle(), ContainsSubstring("gone"));
  CHECK(place.output().empty());
}
