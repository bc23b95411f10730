#include "runner/engine/ledger/record.hpp"

#include "tests/fakes/ledger_run.hpp"
#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

finished_row elaborate_row() {
  finished_row row = row_of(70'000, true);
  row.hash = 0xfedcba9876543210;
  row.attempts = 300;
  row.tokens.prompt = 5'000'000'000;
  row.tokens.cached = 129;
  row.line += std::string("\0\n", 2);
  return row;
}

}  // namespace

TEST_CASE("a row comes back from its record as it was") {
  const finished_row row = elaborate_row();
  std::string bytes;
  append_record(row, bytes);
  const auto record = take_record(bytes);
  REQUIRE(record);
  REQUIRE(record->length == bytes.size());
  REQUIRE(record->type == record_type::row);
  const auto back = read_row(record->payload);
  REQUIRE(back);
  REQUIRE(back->index == row.index);
  REQUIRE(back->hash == row.hash);
  REQUIRE_FALSE(back->ok);
  REQUIRE(back->attempts == 300);
  REQUIRE(back->tokens.prompt == 5'000'000'000);
  REQUIRE(back->tokens.cached == 129);
  REQUIRE(back->reason == "400 bad");
  REQUIRE(back->line == row.line);
  REQUIRE(back->failed_input == row.failed_input);
}

TEST_CASE("a record holds a vector and labels where there are any, and is no longer where not") {
  finished_row row = elaborate_row();
  std::string plain;
  append_record(row, plain);
  row.vector = std::string("\0\0\x80\x3f", 4);
  row.labels = {"flagged", "hate"};
  std::string bytes;
  append_record(row, bytes);
  REQUIRE(bytes.size() == plain.size() + 1 + 4 + 1 + 8 + 5);
  const auto back = read_row(take_record(bytes)->payload);
  REQUIRE(back);
  REQUIRE(back->vector == row.vector);
  REQUIRE(back->labels == row.labels);
  commit_mark mark;
  mark.counts.add(row);
  mark.counts.add(row);
  bytes.clear();
  append_record(mark, bytes);
  const auto commit = read_commit(take_record(bytes)->payload);
  REQUIRE(commit);
  REQUIRE(commit->counts.labels.at("hate") == 2);
}

TEST_CASE("a commit comes back from its record as it was") {
  commit_mark mark;
  mark.position = 41'200;
  mark.output_length = 1ULL << 40;
  mark.failed_length = 17;
  for (std::uint64_t i = 0; i < 10; ++i) mark.counts.add(row_of(i, i % 3 == 0));
  std::string bytes;
  append_record(mark, bytes);
  const auto back = read_commit(take_record(bytes)->payload);
  REQUIRE(back);
  REQUIRE(back->position == 41'200);
  REQUIRE(back->output_length == 1ULL << 40);
  REQUIRE(back->failed_length == 17);
  REQUIRE(back->counts.ok == 6);
  REQUIRE(back->counts.failed == 4);
  REQUIRE(back->counts.tokens.total == 100);
  REQUIRE(back->counts.failures.at("400 bad") == 4);
}

TEST_CASE("the reasons in a commit stay few, and none of the rows is dropped from their count") {
  commit_mark mark;
  for (int i = 0; i < 1000; ++i) mark.counts.failures["reason " + std::to_string(i)] = 2;
  std::string bytes;
  append_record(mark, bytes);
  const auto back = read_commit(take_record(bytes)->payload);
  REQUIRE(back->counts.failures.size() == 64);
  std::uint64_t rows = 0;
  for (const auto& [reason, count] : back->counts.failures) rows += count;
  REQUIRE(rows == 2000);
}

TEST_CASE("reasons that come on top of those of an earlier process are counted once") {
  commit_mark mark;
  for (int i = 0; i < 100; ++i) mark.counts.failures["reason " + std::to_string(i)] = 1;
  std::string bytes;
  append_record(mark, bytes);
  auto next = read_commit(take_record(bytes)->payload);
  next->counts.failures["zzz"] = 1;
  bytes.clear();
  append_record(*next, bytes);
  const auto last = read_commit(take_record(bytes)->payload);
  REQUIRE(last->counts.failures.at("other reasons") == 100 - 63 + 2);
  std::string again;
  append_record(*last, again);
  REQUIRE(again == bytes);
}

TEST_CASE("a record that is cut short or changed anywhere is none") {
  std::string bytes;
  append_record(elaborate_row(), bytes);
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    REQUIRE_FALSE(take_record(std::string_view(bytes).substr(0, n)));
    std::string changed = bytes;
    changed[n] = static_cast<char>(changed[n] ^ 4);
    REQUIRE_FALSE(take_record(changed));
  }
}

TEST_CASE("zeros, as a file system leaves them after a power cut, are no record") {
  REQUIRE_FALSE(take_record(std::string(4096, '\0')));
}
