#include "jobs/tokens/merge.hpp"

#include <random>

#include "jobs/tokens/piece_cache.hpp"
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

/// Of whole characters.
std::string random_letters(std::string_view of, std::size_t length, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::string_view> letters;
  for (; !of.empty(); of.remove_prefix(letters.back().size())) {
    letters.push_back(of.substr(0, length_of(*bytes_of(of))));
  }
  std::string text;
  for (;;) {
    const std::string_view next = letters[random() % letters.size()];
    if (text.size() + next.size() > length) return text.empty() ? "a" : text;
    text += next;
  }
}

}  // namespace

TEST_CASE("Merging follows the ranks, the leftmost of equals first") {
  const vocabulary words = testing::small_vocabulary();
  for (const std::string_view letters :
       {"ab", "abc", "xyz", "a ", "the xyzabc", "аа中", "ааб日中本a"}) {
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

TEST_CASE("Pieces of up to four bytes are counted without merging them, to the same number") {
  const vocabulary words = testing::small_vocabulary();
  piece_cache cache(words, merge_scalar);
  const std::string_view letters = " abcehtxyz\xE4\xB8\xAD";
  const std::size_t choices = letters.size() + 1;  // the last one ends the piece
  for (std::size_t n = 0; n < choices * choices * choices * choices; ++n) {
    std::string piece;
    for (std::size_t rest = n; rest % choices < letters.size() && piece.size() < 4;
         rest /= choices) {
      piece += letters[rest % choices];
    }
    if (piece.empty()) continue;
    INFO(piece);
    REQUIRE(cache.count(bytes_of(piece), piece.size()) == merge_by_definition(words, piece).size());
  }
}

TEST_CASE("What was counted before the caches grow is known after it, and right") {
  const vocabulary words = testing::small_vocabulary();
  piece_cache cache(words, merge_scalar, 300);
  std::vector<std::string> pieces;
  for (unsigned seed = 0; seed < 400; ++seed) {
    pieces.push_back(random_letters(seed % 2 ? "abcxyz" : "ааб日中本a", 5 + seed % 40, seed));
  }
  for (int round = 0; round < 2; ++round) {
    for (const std::string& piece : pieces) {
      INFO(piece);
      REQUIRE(cache.count(bytes_of(piece), piece.size()) ==
              merge_by_definition(words, piece).size());
    }
  }
}
