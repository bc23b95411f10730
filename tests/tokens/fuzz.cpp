// Any bytes: the fast encodings against the plain ones, and those against the definition.
//
// A target of libFuzzer for tests/fuzz/run.sh. Without libFuzzer it makes up texts:
//     batchmill_token_fuzz ROUNDS [SEED]
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "jobs/tokens/encoding.hpp"
#include "tests/support/plain_tokens.hpp"

namespace {

using namespace batchmill;
using namespace batchmill::tokens;

constexpr split_pattern patterns[] = {split_pattern::r50k, split_pattern::cl100k,
                                      split_pattern::o200k};

/// The definition takes quadratic time.
constexpr std::size_t longest_defined = 300;

using ids = std::vector<std::uint32_t>;

struct pair_of_encodings {
  encoding plain;
  encoding fast;

  pair_of_encodings(const std::shared_ptr<const vocabulary>& words, split_pattern pattern)
      : plain("plain", pattern, words, method::plain), fast("fast", pattern, words) {}
};

/// With a small table, in which much merges, and with the real ones.
const std::vector<pair_of_encodings>& encodings() {
  static const auto all = [] {
    std::vector<pair_of_encodings> made;
    const auto small = std::make_shared<const vocabulary>(testing::small_vocabulary());
    for (const auto pattern : patterns) made.emplace_back(small, pattern);
    for (const char* name : {"o200k_base", "cl100k_base", "p50k_base"}) {
      if (const auto words = load_vocabulary(name)) made.emplace_back(words, pattern_of(name));
    }
    return made;
  }();
  return all;
}

void require(bool holds, const char* what, const std::string& text) {
  if (holds) return;
  std::fprintf(stderr, "%s:", what);
  for (const char c : text) std::fprintf(stderr, " %02x", static_cast<unsigned char>(c));
  std::fputc('\n', stderr);
  std::abort();
}

ids encoded(const encoding& e, const std::string& text) {
  ids out;
  e.encode(text, out);
  require(e.count(text) == out.size(), "count and encode differ", text);
  return out;
}

ids defined(const encoding& e, const std::string& text) {
  ids all;
  for (const std::string& piece : testing::split_by_pattern(e.pattern(), text)) {
    const ids tokens = testing::merge_by_definition(e.words(), piece);
    all.insert(all.end(), tokens.begin(), tokens.end());
  }
  return all;
}

void check(const std::string& text) {
  for (const pair_of_encodings& e : encodings()) {
    const ids plain = encoded(e.plain, text);
    require(encoded(e.fast, text) == plain, "fast and plain differ", text);
    if (text.size() > longest_defined) continue;
    require(defined(e.plain, mended_utf8(text)) == plain, "not as defined", text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check(std::string(data, data + size));
  return 0;
}

#ifndef BATCHMILL_FUZZ
int main(int count, char** arguments) {
  const unsigned rounds = count > 1 ? static_cast<unsigned>(std::atoi(arguments[1])) : 1000;
  const unsigned seed = count > 2 ? static_cast<unsigned>(std::atoi(arguments[2])) : 1;
  std::mt19937 random(seed);
  for (unsigned round = 0; round < rounds; ++round) {
    std::string text = testing::mixed_text(random() % 200, static_cast<unsigned>(random()));
    for (unsigned broken = random() % 8; broken > 5 && !text.empty(); --broken) {
      text[random() % text.size()] = static_cast<char>(random());
    }
    check(text);
  }
  std::printf("%u texts, %zu encodings: all agree\n", rounds, encodings().size());
}
#endif
