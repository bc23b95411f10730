#include "jobs/data_url.hpp"

#include <cstdint>

namespace batchmill::jobs {

namespace {

constexpr std::size_t largest_image = 20'000'000;  // bytes

std::uint32_t byte_at(std::string_view bytes, std::size_t i) {
  return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
}

}  // namespace

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t three =
        byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    for (int shift = 18; shift >= 0; shift -= 6) out += digits[three >> shift & 63];
  }
  const std::size_t missing = (3 - bytes.size() % 3) % 3;
  out.replace(out.size() - missing, missing, missing, '=');
  return out;
}

std::string_view image_type(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return "image/png";
  if (bytes.starts_with("\xff\xd8\xff")) return "image/jpeg";
  if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) return "image/gif";
  const bool webp = bytes.starts_with("RIFF") && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP";
  return webp ? "image/webp" : "";
}

row_file_result image_data_url(const std::string& root, const std::string& name) {
  const row_file_result bytes = read_row_file(root, name, largest_image);
  if (!bytes) return bytes.error();
  const std::string_view type = image_type(*bytes);
  if (type.empty()) {
    return row_problem("invalid_file",
                       "the file '" + name + "' is neither a PNG, JPEG, WEBP nor GIF image");
  }
  return "data:" + std::string(type) + ";base64," + base64(*bytes);
}

}  // namespace batchmill::jobs
