// A compressed body: what comes out keeps to its bound and is the same each time, and what zlib
// compressed comes back.
#include "runner/net/inflater.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/compress.hpp"

using namespace batchmill;
using fuzz::require;

FUZZ_TARGET(fuzz_gzip) {
  constexpr std::size_t bound = 50'000;
  static inflater decoder;
  std::string out = "before";
  const inflate_result result = decoder.decode(input, bound, out);
  require(out.starts_with("before") && out.size() <= bound + 6, "what comes out keeps its bound");
  std::string again;
  require(decoder.decode(input, bound, again) == result, "an inflater forgets what was before");
  require(out.substr(6) == again, "the same bytes are decoded alike");
  for (const int format : {testing::gzip_format, testing::zlib_format}) {
    std::string back;
    const std::string coded = testing::compress(std::string(input), format);
    require(decoder.decode(coded, input.size(), back) == inflate_result::done,
            "zlib is understood");
    require(back == input, "what was compressed comes back");
  }
}
