#include "jobs/packing/pieces.hpp"

#include "batchmill/json_text.hpp"
#include "jobs/packing/inputs.hpp"
#include "jobs/tokens/encoding.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/plain_tokens.hpp"

using namespace batchmill::jobs;
namespace json = batchmill::json;

namespace {

/// The texts of the pieces, each checked to be a JSON string, put together again.
std::string together(const std::vector<std::string>& pieces) {
  std::string all;
  for (const std::string& piece : pieces) {
    REQUIRE_FALSE(json::validate(piece).has_value());
    all += json::unquote(piece).value_or("?");
  }
  return all;
}

}  // namespace

TEST_CASE("a short text is one piece, a long one is cut where there is a space") {
  CHECK(pieces_of(R"("abc")", 1) == std::vector<std::string>{R"("abc")"});
  CHECK(pieces_of(R"("ab cd ef gh")", 2) == std::vector<std::string>{R"("ab cd ")", R"("ef gh")"});
  CHECK(pieces_of(R"("abcdefgh")", 2) == std::vector<std::string>{R"("abcdef")", R"("gh")"});
  CHECK(pieces_of(R"("")", 1).size() == 1);
}

TEST_CASE("neither escapes nor characters are cut in two") {
  const std::string text =
      R"(a\nb\"c\\ d\u00e9 \ud83d\ude00é日本語 \ud83d\ude00\ud83d\ude00\ud83dx)";
  const std::string raw = '"' + text + '"';
  const std::string whole = json::unquote(raw).value_or("");
  for (std::size_t tokens = 1; tokens < 30; ++tokens) {
    INFO(tokens);
    CHECK(together(pieces_of(raw, tokens)) == whole);
  }
}

TEST_CASE("what is not ASCII counts as a token for each character") {
  CHECK(pieces_of("\"日本語\"", 2) == std::vector<std::string>{"\"日本\"", "\"語\""});
}

TEST_CASE("with the model's encoding pieces have as many tokens as they may, and no more") {
  using namespace batchmill;
  const tokens::encoding e("small", tokens::split_pattern::o200k,
                           std::make_shared<tokens::vocabulary>(testing::small_vocabulary()));
  CHECK(pieces_of(R"("abc abc")", 10, &e) == std::vector<std::string>{R"("abc abc")"});
  CHECK(pieces_of(R"("abcabcabc")", 1, &e) == std::vector<std::string>{R"("abcabc")", R"("abc")"});
  CHECK(pieces_of(R"("abc abc abc")", 3, &e) ==
        std::vector<std::string>{R"("abc ")", R"("abc abc")"});
  CHECK(pieces_of("\"\u00e9\u00e9\"", 1, &e) == std::vector<std::string>{"\"é\"", "\"é\""});
  for (unsigned seed = 0; seed < 32; ++seed) {
    const std::string text = testing::mixed_text(400, seed);
    for (const std::size_t most : {4, 7, 50, 1000}) {
      const auto pieces = pieces_of(json::quote(text), most, &e);
      CHECK(together(pieces) == text);
      for (const std::string& piece : pieces) CHECK(e.count(*json::unquote(piece)) <= most);
    }
  }
}

TEST_CASE("tokens are counted") {
  CHECK(pieces_of("[1,2,3]", 2) == std::vector<std::string>{"[1,2]", "[3]"});
  CHECK(pieces_of("[1,2]", 2) == std::vector<std::string>{"[1,2]"});
}

TEST_CASE("shares are whole and add up") {
  CHECK(shares_of(10, {1, 1, 1}) == std::vector<std::int64_t>{3, 3, 4});
  CHECK(shares_of(7, {0, 0}) == std::vector<std::int64_t>{0, 7});
  CHECK(shares_of(5, {9}) == std::vector<std::int64_t>{5});
}
