#include "runner/net/inflater.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

namespace batchmill {

namespace {

constexpr int detect_gzip_or_zlib = MAX_WBITS + 32;
constexpr int bare_deflate = -MAX_WBITS;
constexpr std::string_view gzip_magic = "\x1f\x8b";

int window_bits(std::string_view coded) {
  if (coded.substr(0, 2) == gzip_magic || coded.size() < 2) return detect_gzip_or_zlib;
  const unsigned first = static_cast<unsigned char>(coded[0]);
  const unsigned both = first * 256 + static_cast<unsigned char>(coded[1]);
  const bool zlib_header = (first & 15) == Z_DEFLATED && both % 31 == 0;
  return zlib_header ? detect_gzip_or_zlib : bare_deflate;
}

}  // namespace

inflater::inflater() : stream_(std::make_unique<z_stream>()) {
  if (inflateInit2(stream_.get(), detect_gzip_or_zlib) != Z_OK) throw std::bad_alloc();
}

inflater::~inflater() {
  inflateEnd(stream_.get());
}

inflate_result inflater::decode(std::string_view coded, std::size_t bound, std::string& out) {
  const std::size_t before = out.size();
  for (;;) {
    const auto used = out.size() - before;
    inflateReset2(stream_.get(), window_bits(coded));
    const inflate_result result = run(coded, bound - used, out);
    if (result != inflate_result::done || stream_->avail_in == 0) return result;
    coded.remove_prefix(coded.size() - stream_->avail_in);
    // A gzip file may be several, one after the other. Anything else does not belong here.
    if (coded.substr(0, 2) != gzip_magic) return inflate_result::corrupt;
  }
}

inflate_result inflater::run(std::string_view coded, std::size_t bound, std::string& out) {
  std::array<char, 16384> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): zlib fills it
  // zlib wants a mutable pointer but does not write through it.
  stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
  stream_->avail_in = static_cast<uInt>(coded.size());
  for (;;) {
    stream_->next_out = reinterpret_cast<Bytef*>(piece.data());
    stream_->avail_out = static_cast<uInt>(piece.size());
    const int code = inflate(stream_.get(), Z_NO_FLUSH);
    const std::size_t produced = piece.size() - stream_->avail_out;
    if (produced > bound) return inflate_result::too_large;
    bound -= produced;
    out.append(piece.data(), produced);
    if (code == Z_STREAM_END) return inflate_result::done;
    if (code != Z_OK) return inflate_result::corrupt;
  }
}

}  // namespace batchmill
