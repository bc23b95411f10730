#include "runner/simulator/sound.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace batchmill::simulator_detail {

namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t samples_per_second = 24'000, bytes_per_sample = 2;
constexpr std::uint32_t bytes_per_second = samples_per_second * bytes_per_sample;
constexpr std::size_t chunk_head = 8, riff_head = 12;

std::string little_endian(std::uint32_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i & 0xFF);
  return out;
}

std::uint32_t read_little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

// Linear PCM. http://soundfile.sapp.org/doc/WaveFormat/
std::string wav_format() {
  constexpr std::uint32_t linear = 1, channels = 1;
  return "fmt " + little_endian(16, 4) + little_endian(linear, 2) + little_endian(channels, 2) +
         little_endian(samples_per_second, 4) + little_endian(bytes_per_second, 4) +
         little_endian(bytes_per_sample, 2) + little_endian(8 * bytes_per_sample, 2);
}

// The content of the RIFF chunk called `type`; nothing when it is not there.
std::optional<std::string_view> find_chunk(std::string_view bytes, std::string_view type,
                                           std::uint32_t& size) {
  bytes.remove_prefix(riff_head);
  while (bytes.size() >= chunk_head) {
    const auto name = bytes.substr(0, 4);
    size = read_little_endian(bytes.substr(4));
    bytes.remove_prefix(chunk_head);
    if (name == type) return bytes;
    const std::size_t padded = std::size_t{size} + size % 2;
    if (padded > bytes.size()) break;
    bytes.remove_prefix(padded);
  }
  return std::nullopt;
}

}  // namespace

std::string silent_pcm(double seconds) {
  const auto samples = static_cast<std::size_t>(std::llround(seconds * samples_per_second));
  return std::string(samples * bytes_per_sample, '\0');
}

std::string silent_wav(double seconds) {
  const auto samples = silent_pcm(seconds);
  const auto format = wav_format();
  const auto size = static_cast<std::uint32_t>(samples.size());
  const auto rest = static_cast<std::uint32_t>(4 + format.size() + chunk_head) + size;
  return "RIFF" + little_endian(rest, 4) + "WAVE" + format + "data" + little_endian(size, 4) +
         samples;
}

// Version 2, layer III, no checksum; 32 kbit/s, 24 kHz, no padding; one channel. What follows is
// zero: no coded data, and so no sound. http://www.mp3-tech.org/programmer/frame_header.html
std::string silent_mp3(double seconds) {
  constexpr auto header = "\xFF\xF3\x44\xC4"sv;
  constexpr std::size_t frame_size = 72 * 32'000 / samples_per_second;
  constexpr double frame_seconds = 576.0 / samples_per_second;
  const auto frame = std::string(header) + std::string(frame_size - header.size(), '\0');
  std::string out;
  for (auto left = std::llround(std::ceil(seconds / frame_seconds)); left > 0; --left) out += frame;
  return out;
}

std::optional<double> wav_seconds(std::string_view bytes) {
  if (bytes.size() < riff_head || !bytes.starts_with("RIFF") || bytes.substr(8, 4) != "WAVE")
    return std::nullopt;
  std::uint32_t format_size = 0, size = 0;
  const auto format = find_chunk(bytes, "fmt ", format_size);
  const auto data = find_chunk(bytes, "data", size);
  if (!format || format->size() < 16 || !data) return std::nullopt;
  const auto rate = read_little_endian(format->substr(8));
  // Files that were written to a pipe promise more than they hold.
  const auto held = std::min<std::size_t>(size, data->size());
  if (rate == 0) return std::nullopt;
  return static_cast<double>(held) / rate;
}

}  // namespace batchmill::simulator_detail
