// What an image costs as input: each family of models counts in its own way.
// https://platform.openai.com/docs/guides/images-vision#calculating-costs
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace batchmill::tokens {

struct image_size {
  std::int64_t width = 0;
  std::int64_t height = 0;
};

/// Of a PNG, GIF, WebP or JPEG file, by its first bytes. Nothing when they do not say.
std::optional<image_size> size_of_image(std::string_view file);

/// The tokens of an image of this size. `low` is the detail that the request asks for; any other is
/// taken for high. Where the guide and what users measured differ, the larger counts.
std::int64_t image_tokens(std::string_view model, image_size size, bool low);

/// The same for the value of `image_url`: a data URL, or an address whose image is taken to be of
/// 1024 × 1024.
std::int64_t image_tokens_of_url(std::string_view model, std::string_view url, bool low);

}  // namespace batchmill::tokens
