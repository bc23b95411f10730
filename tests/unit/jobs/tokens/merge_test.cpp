#include "jobs/tokens/merge.hpp"

#include <random>

#include "tests/support/catch.hpp"
#include "tests/support/plain_tokens.hpp"

using namespace batchmill;
using namespace batchmill::tokens;
using testing::merge_by_definition;

namespace {

using ids = std::vector<token_id>;

ids merged(const vocabulary& words, merge_function merge, std::string_view piece) {
  ids out;
  const std::size_t count = merge_piece(words, merge, bytes_of(piece), piece.size(), &out);
  CHECK(count == out.size());
  CHECK(count == merge_piece(words, merge, bytes_of(piece), piece.size(), nullptr));
  return out;
}

std::string random_letters(std::string_view of, std::size_t length, unsigned seed) {
  std::mt19937 random(seed);
  std::string text;
  while (text.size() < length) text += of[random() % of.size()];
  return text;
}

}  // namespace

TEST_CASE("Merging follows the ranks, the leftmost of equals first") {
  const vocabulary words = testing::small_vocabulary();
  for (const std::string_view letters :
       {"ab", "abc", "xyz", "a ", "the xyzabc", "\xD0\xB0\xE4\xB8\xAD"}) {
    for (unsigned seed = 0; seed < 50; ++seed) {
      const std::string piece = random_letters(letters, 1 + seed * 128 / 50, seed);
      const ids expected = merge_by_definition(words, piece);
      CHECK(merged(words, merge_scalar, piece) == expected);
      CHECK(merged(words, fastest_merge(), piece) == expected);
      CHECK(merge_with_heap(words, bytes_of(piece), piece.size()) == expected);
    }
  }
}

TEST_CASE("Long pieces are merged in windows, with the result of merging them as one") {
  const vocabulary words = testing::small_vocabulary();
  for (const std::string_view letters : {"a", "ab", "abc", "xyz", "abcaaaaaaaaaaa", " "}) {
    for (const std::size_t length : {129, 130, 200, 1000, 5000}) {
      const std::string piece = random_letters(letters, length, static_cast<unsigned>(length));
      CHECK(merged(words, fastest_merge(), piece) ==
            merge_with_heap(words, bytes_of(piece), piece.size()));
    }
  }
}

TEST_CASE("Repetitions within a long piece are found and left again") {
  const vocabulary words = testing::small_vocabulary();
  for (const std::string_view unit : {"a", "ab", "abc", " ", "q", "abcq", "\xE4\xB8\xAD", "aab"}) {
    std::string piece = "xyz";
    for (int i = 0; i < 700; ++i) piece += unit;
    piece += "zxyab";
    for (int i = 0; i < 300; ++i) piece += unit;
    CHECK(merged(words, fastest_merge(), piece) ==
          merge_with_heap(words, bytes_of(piece), piece.size()));
  }
}
