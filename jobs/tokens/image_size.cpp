// The size of an image, read from the beginning of its file.
#include "jobs/tokens/image_tokens.hpp"
#include "jobs/tokens/utf8.hpp"

namespace batchmill::tokens {

namespace {

class byte_reader {
 public:
  explicit byte_reader(std::string_view file) : file_(file) {}

  bool has(std::size_t at, std::string_view text) const {
    return at <= file_.size() && file_.substr(at).starts_with(text);
  }
  bool holds(std::size_t size) const { return file_.size() >= size; }

  std::int64_t byte_at(std::size_t at) const { return static_cast<byte>(file_[at]); }

  std::int64_t big(std::size_t at, int bytes) const {
    std::int64_t value = 0;
    for (int i = 0; i < bytes; ++i) value = value << 8 | byte_at(at + static_cast<std::size_t>(i));
    return value;
  }

  std::int64_t little(std::size_t at, int bytes) const {
    std::int64_t value = 0;
    for (int i = bytes; i-- > 0;) value = value << 8 | byte_at(at + static_cast<std::size_t>(i));
    return value;
  }

 private:
  std::string_view file_;
};

/// The three kinds of frames of WebP: lossy, lossless, extended.
std::optional<image_size> size_of_webp(const byte_reader& file) {
  if (!file.holds(30)) return std::nullopt;
  if (file.has(12, "VP8 "))
    return image_size{file.little(26, 2) & 0x3FFF, file.little(28, 2) & 0x3FFF};
  if (file.has(12, "VP8L")) {
    const std::int64_t bits = file.little(21, 4);
    return image_size{(bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1};
  }
  if (file.has(12, "VP8X")) return image_size{file.little(24, 3) + 1, file.little(27, 3) + 1};
  return std::nullopt;
}

/// Its size stands in the header of the frame, behind any number of other segments.
std::optional<image_size> size_of_jpeg(const byte_reader& file) {
  std::size_t at = 2;
  while (file.holds(at + 9) && file.byte_at(at) == 0xFF) {
    const std::int64_t marker = file.byte_at(at + 1);
    if (marker == 0xFF) {  // filling
      ++at;
      continue;
    }
    const bool is_frame =
        marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (is_frame) return image_size{file.big(at + 7, 2), file.big(at + 5, 2)};
    at += 2 + static_cast<std::size_t>(file.big(at + 2, 2));
  }
  return std::nullopt;
}

}  // namespace

std::optional<image_size> size_of_image(std::string_view bytes) {
  const byte_reader file(bytes);
  std::optional<image_size> size;
  if (file.has(0, "\x89PNG\r\n\x1A\n") && file.holds(24)) {
    size = image_size{file.big(16, 4), file.big(20, 4)};
  } else if (file.has(0, "GIF8") && file.holds(10)) {
    size = image_size{file.little(6, 2), file.little(8, 2)};
  } else if (file.has(0, "RIFF") && file.has(8, "WEBP")) {
    size = size_of_webp(file);
  } else if (file.has(0, "\xFF\xD8")) {
    size = size_of_jpeg(file);
  }
  if (size && (size->width <= 0 || size->height <= 0)) return std::nullopt;
  return size;
}

}  // namespace batchmill::tokens
