// Compressed bodies for tests.
#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>

namespace batchmill::testing {

constexpr int gzip_format = 15 + 16;
constexpr int zlib_format = 15;
constexpr int bare_format = -15;

inline std::string compress(const std::string& text, int format = gzip_format) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, format, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib does not start");
  std::string result(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  const int code = deflate(&stream, Z_FINISH);
  result.resize(result.size() - stream.avail_out);
  deflateEnd(&stream);
  if (code != Z_STREAM_END) throw std::runtime_error("zlib did not finish");
  return result;
}

}  // namespace batchmill::testing
