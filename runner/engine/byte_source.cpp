#include "runner/engine/byte_source.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "batchmill/error.hpp"

namespace batchmill {
namespace {

class file_source final : public byte_source {
 public:
  file_source(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~file_source() override {
    if (fd_ != STDIN_FILENO) ::close(fd_);
  }

  std::optional<std::size_t> read(std::span<char> space) override {
    if (fd_ == STDIN_FILENO && !readable()) return std::nullopt;
    ssize_t n = 0;
    do n = ::read(fd_, space.data(), space.size());
    while (n < 0 && errno == EINTR);
    if (n < 0) throw run_error(fmt::format("cannot read on in {}: {}", path_, strerror(errno)));
    consumed_ += static_cast<std::uint64_t>(n);
    return static_cast<std::size_t>(n);
  }

  std::uint64_t consumed() const override { return consumed_; }

 private:
  bool readable() const {
    pollfd p{fd_, POLLIN, 0};
    return ::poll(&p, 1, 0) > 0;
  }

  int fd_;
  std::string path_;
  std::uint64_t consumed_ = 0;
};

/// The part that gzip and zstd share: a buffer of compressed bytes in front of a decoder.
class decoded_source : public byte_source {
 public:
  decoded_source(std::unique_ptr<byte_source> from, std::string path)
      : from_(std::move(from)), path_(std::move(path)), buffer_(128 << 10) {}

  std::optional<std::size_t> read(std::span<char> space) override {
    for (;;) {
      if (left_.empty() && !ended_) refill();
      if (left_.empty() && ended_) {
        if (!between_frames()) damaged("it ends in the middle");
        return 0;
      }
      const std::size_t n = decode(left_, space);
      if (n > 0) return n;
    }
  }

  std::uint64_t consumed() const override { return from_->consumed(); }

 protected:
  /// Takes bytes off the front of `in`, returns how many it wrote to `out`.
  virtual std::size_t decode(std::span<char>& in, std::span<char> out) = 0;
  virtual bool between_frames() const = 0;

  [[noreturn]] void damaged(const char* why) const {
    throw run_error(fmt::format("the compressed file {} is damaged: {}", path_, why));
  }

 private:
  void refill() {
    const std::size_t n = from_->read(buffer_).value_or(0);
    ended_ = n == 0;
    left_ = std::span<char>(buffer_).first(n);
  }

  std::unique_ptr<byte_source> from_;
  std::string path_;
  std::vector<char> buffer_;
  std::span<char> left_;
  bool ended_ = false;
};

class gzip_source final : public decoded_source {
 public:
  gzip_source(std::unique_ptr<byte_source> from, std::string path)
      : decoded_source(std::move(from), std::move(path)) {
    inflateInit2(&stream_, 16 + MAX_WBITS);
  }
  ~gzip_source() override { inflateEnd(&stream_); }

 private:
  std::size_t decode(std::span<char>& in, std::span<char> out) override {
    if (member_done_) {  // several members may follow one another (pigz, cat a.gz b.gz)
      inflateReset(&stream_);
      member_done_ = false;
    }
    stream_.next_in = reinterpret_cast<Bytef*>(in.data());
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    const int state = inflate(&stream_, Z_NO_FLUSH);
    if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) {
      damaged(stream_.msg != nullptr ? stream_.msg : "not gzip data");
    }
    member_done_ = state == Z_STREAM_END;
    begun_ = true;
    in = in.last(stream_.avail_in);
    return out.size() - stream_.avail_out;
  }

  bool between_frames() const override { return member_done_ || !begun_; }

  z_stream stream_{};
  bool member_done_ = false;
  bool begun_ = false;
};

class zstd_source final : public decoded_source {
 public:
  zstd_source(std::unique_ptr<byte_source> from, std::string path)
      : decoded_source(std::move(from), std::move(path)), stream_(ZSTD_createDStream()) {}
  ~zstd_source() override { ZSTD_freeDStream(stream_); }

 private:
  std::size_t decode(std::span<char>& in, std::span<char> out) override {
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const std::size_t hint = ZSTD_decompressStream(stream_, &to, &from);
    if (ZSTD_isError(hint)) damaged(ZSTD_getErrorName(hint));
    frame_done_ = hint == 0;
    in = in.subspan(from.pos);
    return to.pos;
  }

  bool between_frames() const override { return frame_done_; }

  ZSTD_DStream* stream_;
  bool frame_done_ = true;
};

}  // namespace

std::unique_ptr<byte_source> open_byte_source(const std::string& path) {
  if (path == "-") return std::make_unique<file_source>(STDIN_FILENO, "standard input");
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw usage_error(fmt::format("cannot open {}: {}", path, strerror(errno)));
  auto plain = std::make_unique<file_source>(fd, path);
  if (path.ends_with(".gz")) return std::make_unique<gzip_source>(std::move(plain), path);
  if (path.ends_with(".zst")) return std::make_unique<zstd_source>(std::move(plain), path);
  return plain;
}

}  // namespace batchmill
