#include "jobs/tokens/encoding.hpp"

#include <thread>

#include "jobs/tokens/encoding_names.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/plain_tokens.hpp"

using namespace batchmill;
using namespace batchmill::tokens;

namespace {

using ids = std::vector<std::uint32_t>;

ids encode(const token_encoding& e, std::string_view text) {
  ids out;
  e.encode(text, out);
  CHECK(e.count(text) == out.size());
  return out;
}

/// Null, with a warning, where the build had no tables.
const token_encoding* find(const char* name) {
  const token_encoding* e = find_token_encoding(name);
  if (!e) WARN("no table for " << name << ": not tested");
  return e;
}

encoding small_encoding(split_pattern pattern, method how) {
  static const auto words = std::make_shared<const vocabulary>(testing::small_vocabulary());
  return {"small", pattern, words, how};
}

}  // namespace

TEST_CASE("o200k_base encodes as tiktoken does") {
  const token_encoding* e = find("o200k_base");
  if (!e) return;
  CHECK(encode(*e, "").empty());
  CHECK(encode(*e, "hello world") == ids{24912, 2375});
  CHECK(encode(*e, "tiktoken is great!") == ids{83, 8251, 2488, 382, 2212, 0});
  CHECK(encode(*e, "antidisestablishmentarianism") == ids{493, 129901, 376, 160388, 21203, 2367});
  CHECK(encode(*e, "2 + 2 = 4") == ids{17, 659, 220, 17, 314, 220, 19});
  CHECK(encode(*e, "お誕生日おめでとう") == ids{8930, 9697, 243, 128225, 8930, 17693, 4344, 48669});
  CHECK(encode(*e, "don't DON'T we'LL") == ids{91418, 153384, 581, 6, 7454});
  CHECK(encode(*e, "  indented\n\n\tcode();  ") ==
        ids{220, 1383, 23537, 279, 86873, 4177, 256});
  CHECK(encode(*e, "🤚🏾 é café") == ids{50378, 248, 52622, 122, 1212, 30469});
  CHECK(encode(*e, "\uFEFFhello").size() == 2);
  CHECK(find_token_encoding("o200k_harmony")->count("hello world") == 2);
}

TEST_CASE("cl100k_base encodes as tiktoken does") {
  const token_encoding* e = find("cl100k_base");
  if (!e) return;
  CHECK(encode(*e, "hello world") == ids{15339, 1917});
  CHECK(encode(*e, "antidisestablishmentarianism") == ids{519, 85342, 34500, 479, 8997, 2191});
  CHECK(encode(*e, "2 + 2 = 4") == ids{17, 489, 220, 17, 284, 220, 19});
  CHECK(encode(*e, "お誕生日おめでとう") ==
        ids{33334, 45918, 243, 21990, 9080, 33334, 62004, 16556, 78699});
  CHECK(encode(*e, "don't DON'T we'LL") == ids{15357, 956, 45373, 17773, 584, 6, 4178});
  CHECK(encode(*e, "  indented\n\n\tcode();  ") ==
        ids{220, 1280, 16243, 271, 44443, 2178, 256});
  CHECK(encode(*e, "🤚🏾 é café") == ids{9468, 97, 248, 9468, 237, 122, 4046, 53050});
}

TEST_CASE("r50k_base encodes as tiktoken does, p50k_base has runs of spaces besides") {
  const token_encoding* e = find("r50k_base");
  if (!e) return;
  CHECK(encode(*e, "antidisestablishmentarianism") == ids{415, 29207, 44390, 3699, 1042});
  CHECK(encode(*e, "2 + 2 = 4") == ids{17, 1343, 362, 796, 604});
  CHECK(encode(*e, "a      b").size() == 7);
  CHECK(encode(*find("p50k_base"), "a      b") == ids{64, 50260, 275});
  CHECK(encode(*find("gpt2"), "2 + 2") == ids{17, 1343, 362});
}

TEST_CASE("The names of special tokens are ordinary text") {
  if (const token_encoding* e = find("gpt2")) CHECK(e->count("<|endoftext|>") == 7);
}

TEST_CASE("There are no other encodings") {
  CHECK(find_token_encoding("o100k_base") == nullptr);
  CHECK(find_token_encoding("") == nullptr);
}

TEST_CASE("Bytes that are no UTF-8 count as replacement characters") {
  for (const method how : {method::plain, method::fastest}) {
    const encoding e = small_encoding(split_pattern::o200k, how);
    CHECK(encode(e,
                 "a\xFF"
                 "b") == encode(e,
                                "a\uFFFD"
                                "b"));
    CHECK(encode(e, "\xE4\xB8") == encode(e, "\uFFFD"));  // the beginning of one
    CHECK(encode(e, "\xE4\xB8 \x80") == encode(e, "\uFFFD \uFFFD"));
    CHECK(encode(e, "\xED\xA0\x80") == encode(e, "\uFFFD\uFFFD\uFFFD"));  // a surrogate
    CHECK(encode(e,
                 "\xF0\x9F\x98"
                 "abc") == encode(e,
                                  "\uFFFD"
                                  "abc"));
    CHECK(encode(e, "\xC0\xAF") == encode(e, "\uFFFD\uFFFD"));
  }
}

TEST_CASE("Plain and fast encodings agree, and say what the definition says") {
  for (const auto pattern : {split_pattern::r50k, split_pattern::cl100k, split_pattern::o200k}) {
    const encoding plain = small_encoding(pattern, method::plain);
    const encoding fast = small_encoding(pattern, method::fastest);
    for (unsigned seed = 0; seed < 128; ++seed) {
      const std::string text = testing::mixed_text(300, seed);
      ids expected;
      for (const std::string& piece : testing::split_by_pattern(pattern, text)) {
        const ids tokens = testing::merge_by_definition(plain.words(), piece);
        expected.insert(expected.end(), tokens.begin(), tokens.end());
      }
      INFO(seed << ' ' << text);
      CHECK(encode(plain, text) == expected);
      CHECK(encode(fast, text) == expected);
    }
  }
}

TEST_CASE("A text is cut to so many tokens and whole characters") {
  const encoding e = small_encoding(split_pattern::o200k, method::fastest);
  CHECK(e.first_tokens("abcabc abcabc", 1) == "abcabc");
  CHECK(e.first_tokens("abcabc", 7) == "abcabc");
  CHECK(e.first_tokens("", 0).empty());
  CHECK(e.first_tokens("abc", 0).empty());
  CHECK(e.first_tokens("日", 2).empty());  // its three bytes are three tokens
  for (unsigned seed = 0; seed < 64; ++seed) {
    const std::string text = testing::mixed_text(100, seed);
    for (std::size_t most = 0; most < 100; most += 9) {
      const std::string_view cut = e.first_tokens(text, most);
      CHECK(text.starts_with(cut));
      CHECK(e.count(cut) <= most);
      CHECK(mended_utf8(cut) == cut);
    }
  }
}

TEST_CASE("Threads share an encoding") {
  const encoding e = small_encoding(split_pattern::cl100k, method::fastest);
  const std::string text = testing::mixed_text(2000, 40);
  const std::size_t expected = e.count(text);
  std::size_t counts[4] = {};
  std::vector<std::thread> threads;
  for (std::size_t& count : counts) {
    threads.emplace_back([&] { count = e.count(text); });
  }
  for (std::thread& t : threads) t.join();
  for (const std::size_t count : counts) CHECK(count == expected);
}

TEST_CASE("Models have the encodings that tiktoken gives them") {
  CHECK(token_encoding_name("gpt-4o-mini") == "o200k_base");
  CHECK(token_encoding_name("gpt-4") == "cl100k_base");
  CHECK(token_encoding_name("gpt-4-turbo") == "cl100k_base");
  CHECK(token_encoding_name("gpt-4.1-nano-2025-04-14") == "o200k_base");
  CHECK(token_encoding_name("gpt-5.6-sol") == "o200k_base");
  CHECK(token_encoding_name("o3") == "o200k_base");
  CHECK(token_encoding_name("o1-mini") == "o200k_base");
  CHECK(token_encoding_name("gpt-oss-20b") == "o200k_harmony");
  CHECK(token_encoding_name("gpt-3.5-turbo-instruct") == "cl100k_base");
  CHECK(token_encoding_name("gpt-35-turbo") == "cl100k_base");
  CHECK(token_encoding_name("text-embedding-3-small") == "cl100k_base");
  CHECK(token_encoding_name("text-davinci-003") == "p50k_base");
  CHECK(token_encoding_name("code-davinci-edit-001") == "p50k_edit");
  CHECK(token_encoding_name("ada") == "r50k_base");
  CHECK(token_encoding_name("gpt2") == "gpt2");
  CHECK(token_encoding_name("ft:gpt-4.1-mini-2025-04-14:acme::abc") == "o200k_base");
  CHECK(token_encoding_name("ft:gpt-3.5-turbo:acme") == "cl100k_base");
  CHECK(token_encoding_name("ft:davinci-002:acme") == "cl100k_base");
  CHECK(token_encoding_name("llama-3").empty());
}
