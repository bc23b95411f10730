#include "runner/simulator/png.hpp"

#include <zlib.h>

#include <array>
#include <vector>

#include "runner/simulator/dice.hpp"

namespace batchmill::simulator_detail {

namespace {

using namespace std::string_view_literals;

// https://www.w3.org/TR/png-3/
constexpr auto signature = "\x89PNG\r\n\x1a\n"sv;
constexpr unsigned char bits_per_pixel = 2, palette_colour = 3;
constexpr std::uint32_t cells = 8;  // in each direction
constexpr std::size_t head_size = 24;

std::string big_endian(std::uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
  return out;
}

std::uint32_t read_big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

void add_chunk(std::string& out, std::string_view type, std::string_view content) {
  out += big_endian(static_cast<std::uint32_t>(content.size()));
  const auto begin = out.size();
  out.append(type).append(content);
  const auto* data = reinterpret_cast<const Bytef*>(out.data() + begin);
  out +=
      big_endian(static_cast<std::uint32_t>(crc32(0, data, static_cast<uInt>(out.size() - begin))));
}

std::string compressed(std::string_view text) {
  auto size = compressBound(text.size());
  std::string out(size, '\0');
  compress2(reinterpret_cast<Bytef*>(out.data()), &size,
            reinterpret_cast<const Bytef*>(text.data()), text.size(), Z_BEST_SPEED);
  out.resize(size);
  return out;
}

// Four pixels a byte, before them the filter of the line: none.
std::string line_of(std::uint32_t width, const std::array<unsigned char, cells>& colours) {
  std::string line((width + 3) / 4 + 1, '\0');
  for (std::uint32_t x = 0; x < width; ++x) {
    const auto colour = colours[std::uint64_t{x} * cells / width];
    auto& byte = line[1 + x / 4];
    byte = static_cast<char>(byte | colour << (6 - 2 * (x % 4)));
  }
  return line;
}

std::string pixels(image_size size, dice& die) {
  std::vector<std::string> lines;
  for (std::uint32_t row = 0; row < cells; ++row) {
    std::array<unsigned char, cells> colours{};
    for (auto& colour : colours) colour = static_cast<unsigned char>(die.below(4));
    lines.push_back(line_of(size.width, colours));
  }
  std::string out;
  out.reserve(lines.front().size() * size.height);
  for (std::uint32_t y = 0; y < size.height; ++y)
    out += lines[std::uint64_t{y} * cells / size.height];
  return out;
}

std::string palette(dice& die) {
  std::string out;
  for (int i = 0; i < 4 * 3; ++i) out += static_cast<char>(die.below(256));
  return out;
}

}  // namespace

std::string make_png(image_size size, std::uint64_t hash) {
  dice die(hash);
  std::string out(signature);
  auto head = big_endian(size.width) + big_endian(size.height);
  for (const int value : {int{bits_per_pixel}, int{palette_colour}, 0, 0, 0})
    head += static_cast<char>(value);
  add_chunk(out, "IHDR", head);
  add_chunk(out, "PLTE", palette(die));
  add_chunk(out, "IDAT", compressed(pixels(size, die)));
  add_chunk(out, "IEND", "");
  return out;
}

std::optional<image_size> png_size(std::string_view bytes) {
  if (bytes.size() < head_size || !bytes.starts_with(signature)) return std::nullopt;
  if (bytes.substr(12, 4) != "IHDR") return std::nullopt;
  return image_size{read_big_endian(bytes.substr(16)), read_big_endian(bytes.substr(20))};
}

bool is_image(std::string_view bytes) {
  return png_size(bytes) || bytes.starts_with("\xFF\xD8\xFF"sv) ||
         (bytes.starts_with("RIFF") && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP");
}

}  // namespace batchmill::simulator_detail
