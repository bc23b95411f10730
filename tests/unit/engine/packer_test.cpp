#include "runner/engine/packer.hpp"

#include "tests/fakes/packing_job.hpp"
#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

parcel row_of_kind(std::uint64_t index, const std::string& kind, const std::string& text = "x") {
  row r(index, kind + ':' + text, nullptr, index + 1);
  auto prepared = packing_job().prepare(r);
  return parcel(std::move(r), std::move(*prepared), index);
}

/// The numbers of the rows in the next shipment.
std::vector<std::uint64_t> next(packer& p) {
  std::vector<std::uint64_t> rows;
  const auto s = p.take_ready();
  if (!s) return rows;
  for (const parcel& one : s->rows()) rows.push_back(one.from.index);
  return rows;
}

using numbers = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("a pack is ready when it has its rows, the rest when nothing more comes") {
  packer p({3, 100, 1000});
  for (std::uint64_t i = 0; i < 5; ++i) p.add(row_of_kind(i, "a"));
  CHECK(next(p) == numbers{0, 1, 2});
  CHECK(next(p).empty());
  p.close_all();
  CHECK(next(p) == numbers{3, 4});
  CHECK(next(p).empty());
}

TEST_CASE("a row that would be too much for a pack begins the next one") {
  packer p({100, 100, 25});  // each has 10 tokens
  for (std::uint64_t i = 0; i < 3; ++i) p.add(row_of_kind(i, "a"));
  CHECK(next(p) == numbers{0, 1});
  p = packer({100, 2, 1000});
  for (std::uint64_t i = 0; i < 3; ++i) p.add(row_of_kind(i, "a"));
  CHECK(next(p) == numbers{0, 1});
  p = packer({100, 100, 5});  // even one is too much, and still goes
  p.add(row_of_kind(0, "a"));
  p.close_all();
  CHECK(next(p) == numbers{0});
}

TEST_CASE("what an answer may take counts, too") {
  packer p({100, 100, 25});
  for (std::uint64_t i = 0; i < 2; ++i) {
    parcel next = row_of_kind(i, "a");
    next.prepared.max_output_tokens = 5;
    p.add(std::move(next));
  }
  CHECK(next(p) == numbers{0});
}

TEST_CASE("inputs without brackets get them where they are joined; lists of tokens stay apart") {
  packer p({100, 100, 1000});
  const std::string inputs[] = {"\"a\"", "[1]", "\"b\""};
  for (std::uint64_t i = 0; i < 3; ++i) {
    prepared_request prepared;
    prepared.request.body = "{" + inputs[i] + "}";
    prepared.inputs = {1, inputs[i].size(), 1, 0, true};
    p.add(parcel(row(i, "", nullptr, i + 1), std::move(prepared), i));
  }
  p.close_all();
  auto texts = p.take_ready();
  CHECK(texts->request().body == R"({["a","b"]})");
  CHECK(p.take_ready()->request().body == "{[1]}");
}

TEST_CASE("a request does not become larger than servers take") {
  packer p({100, 100, 1000});
  const std::string megabytes(3 << 20, 'x');
  for (std::uint64_t i = 0; i < 3; ++i) p.add(row_of_kind(i, "a", megabytes));
  CHECK(next(p) == numbers{0, 1});
}

TEST_CASE("only rows of the same kind share a request") {
  packer p({2, 100, 1000});
  p.add(row_of_kind(0, "a"));
  p.add(row_of_kind(1, "b"));
  p.add(row_of_kind(2, "alone"));
  p.add(row_of_kind(3, "b"));
  p.add(row_of_kind(4, "a"));
  CHECK(next(p) == numbers{2});
  CHECK(next(p) == numbers{1, 3});
  CHECK(next(p) == numbers{0, 4});
}

TEST_CASE("a row of a rare kind does not wait for its like for ever") {
  packer p({2, 100, 1000});
  p.add(row_of_kind(0, "rare"));
  for (std::uint64_t i = 1; i < 17; ++i) p.add(row_of_kind(i, "a"));
  for (int i = 0; i < 8; ++i) CHECK(next(p).size() == 2);
  CHECK(next(p).empty());
  p.add(row_of_kind(17, "a"));
  CHECK(next(p) == numbers{0});
}

TEST_CASE("rows of ever new kinds do not gather without end") {
  packer p({2, 100, 1000});
  for (std::uint64_t i = 0; i < 9; ++i) p.add(row_of_kind(i, std::to_string(i)));
  CHECK(next(p) == numbers{0});
  CHECK(next(p).empty());
}

TEST_CASE("joined inputs stand in the first row's body, in order") {
  packer p({2, 100, 1000});
  p.add(row_of_kind(0, "a", "one"));
  p.add(row_of_kind(1, "a", "two"));
  auto s = p.take_ready();
  REQUIRE(s);
  CHECK(s->request().body == R"(a["a:one","a:two"])");
  CHECK(s->request().target == "/v1/echo");
  CHECK(s->prompt_tokens() == 20);
  shipment later = s->split(3);
  CHECK(s->request().body == R"(a["a:one"])");
  CHECK(later.request().body == R"(a["a:two"])");
  CHECK(later.attempts_before() == 3);
  CHECK(later.prompt_tokens() == 10);
}

TEST_CASE("a bound on tokens holds for what comes then, and can be lifted") {
  packer p({100, 100, 30});
  p.add(row_of_kind(0, "a"));
  p.bound_tokens(20);
  for (std::uint64_t i = 1; i < 4; ++i) p.add(row_of_kind(i, "a"));
  CHECK(next(p) == numbers{0, 1});
  p.bound_tokens(1000);
  for (std::uint64_t i = 4; i < 7; ++i) p.add(row_of_kind(i, "a"));
  CHECK(next(p) == numbers{2, 3, 4});
}
