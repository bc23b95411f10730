#include "runner/engine/ledger/block_writer.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

/// No block of it is like another.
std::string made_up(std::size_t size) {
  std::string text(size, '\0');
  std::uint32_t state = 1;
  for (char& c : text) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return text;
}

}  // namespace

TEST_CASE("what is appended in pieces of any size stands in the file in one row") {
  const temporary_folder folder;
  const std::string all = made_up(3'300'000);
  for (const std::size_t begin : {0, 128, 4095, 4096}) {
    disk_file file(folder.path("f"), disk_file::mode::in_place, "test");
    file.resize(0);
    file.write_at(0, all.substr(0, begin));
    block_writer writer;
    writer.begin(begin);
    std::size_t done = begin;
    for (const std::size_t size : {1, 3000, 1 << 20, 5, 300'000, 4096, 0, 1'500'000, 262'144}) {
      writer.append(std::string_view(all).substr(done, size), file);
      done += size;
      if (size % 2 == 0) writer.flush(file);
    }
    writer.flush(file);
    REQUIRE(folder.read("f") == all.substr(0, done));
  }
}

TEST_CASE("a file is gone on with behind any place, and what was collected is forgotten") {
  const temporary_folder folder;
  const std::string all = made_up(600'000);
  disk_file file(folder.path("f"), disk_file::mode::in_place, "test");
  block_writer writer;
  writer.append(all, file);
  writer.flush(file);
  writer.append("never written", file);
  file.resize(5001);
  writer.begin(5001);
  writer.append(std::string_view(all).substr(5001), file);
  writer.flush(file);
  REQUIRE(folder.read("f") == all);
}

TEST_CASE("where a file cannot be written past the cache it is written through it") {
  const temporary_folder folder;
  const std::string all = made_up(5000);
  disk_file file(folder.path("f"), disk_file::mode::in_place, "test");
  // Neither the place nor the size is one for which there is a way past it.
  file.write_past_cache(3, all);
  REQUIRE(folder.read("f") == std::string(3, '\0') + all);
  file.write_at(1, "ab");  // as before
  REQUIRE(folder.read("f").substr(1, 2) == "ab");
}
