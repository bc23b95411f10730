// batchmill_token_dump ENCODING: reads documents from standard input, each after its length in four
// bytes, and writes for each what the encoding makes of it: the count, the number of tokens, and
// the tokens, in four bytes each. For comparing with other programs. Ends with 1 where the plain
// and the fast way disagree.
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "jobs/tokens/encoding.hpp"

namespace {

using namespace batchmill::tokens;

bool read(void* into, std::size_t size) {
  return std::fread(into, 1, size, stdin) == size;
}

void write(const std::vector<std::uint32_t>& numbers) {
  std::fwrite(numbers.data(), sizeof(std::uint32_t), numbers.size(), stdout);
}

bool agree(const encoding& plain, const encoding& fast, const std::string& text) {
  std::vector<std::uint32_t> slow_ids;
  std::vector<std::uint32_t> ids;
  plain.encode(text, slow_ids);
  fast.encode(text, ids);
  const std::size_t count = fast.count(text);
  const bool same = ids == slow_ids && count == ids.size() && plain.count(text) == count;
  if (!same) std::fprintf(stderr, "plain and fast disagree on: %s\n", text.c_str());
  ids.insert(ids.begin(),
             {static_cast<std::uint32_t>(count), static_cast<std::uint32_t>(ids.size())});
  write(ids);
  return same;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string name = count == 2 ? arguments[1] : "";
  const auto words = load_vocabulary(name);
  if (!words) {
    std::fprintf(stderr, "no table for \"%s\"\n", name.c_str());
    return 77;
  }
  const encoding plain(name, pattern_of(name), words, method::plain);
  const encoding fast(name, pattern_of(name), words);
  bool same = true;
  std::string text;
  for (std::uint32_t length = 0; read(&length, sizeof length);) {
    text.resize(length);
    if (!read(text.data(), length)) break;
    same &= agree(plain, fast, text);
  }
  return same ? 0 : 1;
}
