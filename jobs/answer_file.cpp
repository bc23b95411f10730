#include "jobs/answer_file.hpp"

#include <array>
#include <utility>

#include "batchmill/json_text.hpp"

namespace batchmill::jobs {

namespace {

struct known_type {
  std::string_view type;
  std::string_view suffix;
};

constexpr std::array<known_type, 18> known_types = {{
    {"audio/mpeg", "mp3"},
    {"audio/mp3", "mp3"},
    {"audio/wav", "wav"},
    {"audio/x-wav", "wav"},
    {"audio/wave", "wav"},
    {"audio/opus", "opus"},
    {"audio/ogg", "opus"},
    {"audio/aac", "aac"},
    {"audio/flac", "flac"},
    {"audio/pcm", "pcm"},
    {"audio/l16", "pcm"},
    {"image/png", "png"},
    {"image/jpeg", "jpg"},
    {"image/webp", "webp"},
    {"image/gif", "gif"},
    {"video/mp4", "mp4"},
    {"application/pdf", "pdf"},
    {"application/zip", "zip"},
}};

/// MPEG audio and ADTS begin each frame with twelve ones, then a bit for the version and two for
/// the layer, which is 0 in ADTS alone.
std::string_view suffix_of_frames(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.size() < 2 || byte(0) != 0xFF || (byte(1) & 0xE0) != 0xE0) return {};
  return (byte(1) & 0xF6) == 0xF0 ? "aac" : "mp3";
}

std::string_view suffix_of_bytes(std::string_view bytes) {
  if (bytes.starts_with("RIFF") && bytes.size() >= 12) {
    if (bytes.substr(8, 4) == "WAVE") return "wav";
    if (bytes.substr(8, 4) == "WEBP") return "webp";
  }
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return "png";
  if (bytes.starts_with("\xFF\xD8\xFF")) return "jpg";
  if (bytes.starts_with("GIF8")) return "gif";
  if (bytes.starts_with("ID3")) return "mp3";
  if (bytes.starts_with("OggS")) return "opus";
  if (bytes.starts_with("fLaC")) return "flac";
  if (bytes.starts_with("%PDF-")) return "pdf";
  return {};
}

}  // namespace

std::string media_type(const http_response& response) {
  std::string_view value = response.header("content-type");
  value = detail::trimmed(value.substr(0, value.find(';')));
  std::string type;
  for (const char c : value) type += detail::lower(c);
  return type;
}

bool is_file_type(std::string_view type) {
  for (const known_type& known : known_types) {
    if (type == known.type) return true;
  }
  return type.starts_with("audio/") || type.starts_with("image/") || type.starts_with("video/") ||
         type.starts_with("font/");
}

std::string file_suffix(std::string_view bytes, std::string_view type) {
  if (const auto suffix = suffix_of_bytes(bytes); !suffix.empty()) return std::string(suffix);
  for (const known_type& known : known_types) {
    if (type == known.type) return std::string(known.suffix);
  }
  const auto suffix = suffix_of_frames(bytes);
  return suffix.empty() ? "bin" : std::string(suffix);
}

reading read_file_answer(http_response response) {
  const std::string type = media_type(response);
  reading result;
  result.kind = answer_kind::success;
  result.body = R"({"artifact":)";
  const std::size_t at = result.body.size();
  if (!type.empty()) result.body += R"(,"content_type":)" + json::quote(type);
  result.body += '}';
  const std::string suffix = file_suffix(response.body, type);
  result.artifacts.emplace_back(at, suffix, std::move(response.body));
  return result;
}

}  // namespace batchmill::jobs
