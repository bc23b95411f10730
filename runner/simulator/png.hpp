// Pictures for the image endpoints: real PNG files of few bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace batchmill::simulator_detail {

struct image_size {
  std::uint32_t width = 0;
  std::uint32_t height = 0;

  bool operator==(const image_size&) const = default;
};

/// A pattern in four colours, another one for every `hash`.
std::string make_png(image_size size, std::uint64_t hash);

/// The size that a PNG file says it has; nothing when `bytes` is no such file.
std::optional<image_size> png_size(std::string_view bytes);

/// PNG, JPEG or WebP, by the first bytes?
bool is_image(std::string_view bytes);

}  // namespace batchmill::simulator_detail
