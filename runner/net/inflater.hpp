// Undoes Content-Encoding: gzip and deflate. One inflater serves all responses in turn, so that
// its window is allocated once.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace batchmill {

enum class inflate_result {
  done,       // decoded
  corrupt,    // damaged or cut off
  too_large,  // more than the bound came out; decoding was stopped there
};

class inflater {
 public:
  inflater();
  ~inflater();

  /// Appends the decoded form of `coded` to `out`, at most `bound` bytes. The format (gzip, zlib or
  /// the bare deflate some servers send) is seen from the first bytes.
  inflate_result decode(std::string_view coded, std::size_t bound, std::string& out);

 private:
  inflate_result run(std::string_view coded, std::size_t bound, std::string& out);

  std::unique_ptr<z_stream_s> stream_;
};

}  // namespace batchmill
