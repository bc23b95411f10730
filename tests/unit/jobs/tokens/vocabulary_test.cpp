#include "jobs/tokens/vocabulary.hpp"

#include "jobs/tokens/packed_ranks.hpp"
#include "jobs/tokens/rank_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/plain_tokens.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using namespace batchmill::tokens;

namespace {

std::vector<std::string> all_bytes() {
  std::vector<std::string> ranks;
  for (int b = 0; b < 256; ++b) ranks.emplace_back(1, static_cast<char>(b));
  return ranks;
}

std::vector<std::string> with(std::vector<std::string> ranks, std::vector<std::string> more) {
  ranks.insert(ranks.end(), more.begin(), more.end());
  return ranks;
}

token_id find(const vocabulary& words, std::string_view token) {
  return words.find(bytes_of(token), token.size());
}

}  // namespace

TEST_CASE("Tokens are found by their bytes, short and long ones") {
  const auto ranks = with(all_bytes(), {"ab", "abab", "abababab", "abababababababab"});
  const vocabulary words(halves_of(ranks));
  REQUIRE(words.size() == ranks.size());
  for (token_id id = 0; id < ranks.size(); ++id) {
    CHECK(find(words, ranks[id]) == id);
    CHECK(words.bytes(id) == ranks[id]);
  }
  CHECK(find(words, "aba") == no_token);
  CHECK(find(words, "ababababababab") == no_token);
  CHECK(find(words, std::string(200, 'a')) == no_token);
  CHECK(words.merged(257, 257) == 258);
  CHECK(words.merged(256, 257) == no_token);
}

TEST_CASE("A rank may be missing, a byte or a half may not") {
  const vocabulary words(halves_of(with(all_bytes(), {"ab", "", "abc"})));
  CHECK(find(words, "abc") == 258);
  CHECK(words.bytes(257).empty());
  CHECK_THROWS(halves_of(with(all_bytes(), {"abc"})));
  CHECK_THROWS(halves_of(std::vector<std::string>{"a", "b", "ab"}));
  CHECK_THROWS(vocabulary(std::vector<token_halves>{{0, no_token}, {0, 1}}));
}

TEST_CASE("A packed table is the table") {
  const auto halves = halves_of(with(all_bytes(), {"ab", "", "abc", "\xE4\xB8"}));
  const auto unpacked = unpack_ranks(pack_ranks(halves));
  REQUIRE(unpacked.size() == halves.size());
  for (std::size_t i = 0; i < halves.size(); ++i) {
    CHECK(unpacked[i].left == halves[i].left);
    CHECK(unpacked[i].right == halves[i].right);
  }
  CHECK_THROWS(unpack_ranks("no table"));
  CHECK_THROWS(unpack_ranks(pack_ranks(halves).substr(0, 20)));
}

TEST_CASE("Rank files have a token in base64 and its rank on each line") {
  CHECK(read_ranks("IQ== 0\nIg== 2\n") == std::vector<std::string>{"!", "", "\""});
  CHECK(read_ranks("").empty());
  CHECK_THROWS(read_ranks("IQ==\n"));
  CHECK_THROWS(read_ranks("IQ== x\n"));
  CHECK_THROWS(read_ranks("IQ== 0 1\n"));
  CHECK_THROWS(read_ranks("?? 0\n"));
  CHECK_THROWS(read_ranks("IQ== 99999999999\n"));
}

TEST_CASE("A rank file counts only with the right hash") {
  CHECK(sha256_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  testing::temporary_folder folder;
  const std::string path = folder.write("ranks", "abc");
  CHECK(read_verified(path, sha256_of("abc")) == "abc");
  CHECK_FALSE(read_verified(path, sha256_of("abd")));
  CHECK_FALSE(read_verified(path + "x", sha256_of("abc")));
}

TEST_CASE("No token reaches over where characters are not joined") {
  character_joints joints;
  joints.add("中日");
  joints.add(
      "\xB8\xAD"
      "a");                 // the end of 中 and a letter
  joints.add("b\xE4\xB8");  // a letter and the beginning of 中
  const auto joined = [&](std::string_view left, std::string_view right) {
    return joints.joined(code_point(bytes_of(left)), static_cast<byte>(left.back()),
                         code_point(bytes_of(right)), static_cast<byte>(right.front()));
  };
  CHECK(joined("中", "日"));
  CHECK(joined("中", "a"));
  CHECK(joined("b", "中"));
  CHECK_FALSE(joined("日", "中"));
  CHECK_FALSE(joined("a", "b"));
}
