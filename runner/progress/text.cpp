// Text for a terminal: what is safe to print, how wide it is, how it is coloured.
#include "runner/progress/text.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>

namespace batchmill {

namespace {

constexpr std::string_view reset = "\x1b[0m";

std::string_view code_of(tone t) {
  switch (t) {
    case tone::good:
      return "\x1b[32m";
    case tone::bad:
      return "\x1b[31m";
    case tone::waiting:
      return "\x1b[33m";
    case tone::dim:
      return "\x1b[2m";
    case tone::strong:
      return "\x1b[1m";
    case tone::plain:
      break;
  }
  return {};
}

bool between(char32_t c, char32_t low, char32_t high) {
  return low <= c && c <= high;
}

bool is_harmful(char32_t c) {
  return c < 0x20 || between(c, 0x7f, 0x9f) ||        // C0, DEL, C1
         c == 0x61c || between(c, 0x200b, 0x200f) ||  // marks without width
         between(c, 0x2028, 0x202e) ||                // separators, direction overrides
         between(c, 0x2060, 0x206f) || c == 0xfeff;   // isolates, byte order mark
}

std::string spelled_out(char32_t c) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  const auto code = static_cast<std::uint32_t>(c);
  return code < 0x80 ? fmt::format("\\x{:02x}", code) : fmt::format("\\u{:04x}", code);
}

bool is_wide(char32_t c) {
  return between(c, 0x1100, 0x115f) || between(c, 0x2e80, 0xa4cf) || between(c, 0xac00, 0xd7a3) ||
         between(c, 0xf900, 0xfaff) || between(c, 0xfe30, 0xfe6f) || between(c, 0xff00, 0xff60) ||
         between(c, 0xffe0, 0xffe6) || between(c, 0x1f300, 0x1faff) || between(c, 0x20000, 0x3fffd);
}

bool is_combining(char32_t c) {
  return between(c, 0x300, 0x36f) || between(c, 0x1ab0, 0x1aff) || between(c, 0x1dc0, 0x1dff) ||
         between(c, 0x20d0, 0x20ff) || between(c, 0xfe00, 0xfe0f) || between(c, 0xfe20, 0xfe2f);
}

/// Our own colour codes: ESC [ digits m.
std::size_t color_code_length(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  const auto end = text.find('m');
  return end == text.npos ? 0 : end + 1;
}

/// One step through painted text: a colour code or a character, and the columns it takes.
struct step {
  std::size_t length;
  std::size_t width;
};

step next_step(std::string_view text) {
  if (const auto code = color_code_length(text)) return {code, 0};
  const auto c = first_character(text);
  if (c.length == 0) return {1, 1};
  return {c.length, is_combining(c.value) ? 0u : is_wide(c.value) ? 2u : 1u};
}

/// As much of `text` as fits into `width` columns.
std::string_view fitting(std::string_view text, std::size_t width) {
  std::size_t at = 0;
  for (std::size_t used = 0; at < text.size();) {
    const auto s = next_step(text.substr(at));
    if (used + s.width > width) break;
    used += s.width;
    at += s.length;
  }
  return text.substr(0, at);
}

}  // namespace

character first_character(std::string_view text) {
  if (text.empty()) return {};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {1, byte(0)};
  const std::size_t length = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : byte(0) >= 0xc2 ? 2 : 0;
  if (length == 0 || text.size() < length || byte(0) > 0xf4) return {};
  char32_t value = byte(0) & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0u) != 0x80u) return {};
    value = value << 6 | (byte(i) & 0x3fu);
  }
  static constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  if (value < least[length] || value > 0x10ffff || between(value, 0xd800, 0xdfff)) return {};
  return {length, value};
}

std::string paint(tone t, std::string_view text, bool color) {
  const auto code = code_of(t);
  if (!color || code.empty() || text.empty()) return std::string(text);
  return fmt::format("{}{}{}", code, text, reset);
}

std::string escape_controls(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const auto c = first_character(text);
    const auto length = c.length == 0 ? 1 : c.length;
    if (c.length == 0)
      safe += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
    else if (is_harmful(c.value))
      safe += spelled_out(c.value);
    else
      safe += text.substr(0, length);
    text.remove_prefix(length);
  }
  return safe;
}

std::size_t visible_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto s = next_step(text);
    width += s.width;
    text.remove_prefix(s.length);
  }
  return width;
}

std::string cut(std::string_view text, std::size_t width) {
  if (visible_width(text) <= width) return std::string(text);
  const std::string_view dots = width > 8 ? "..." : "";
  std::string shorter(fitting(text, width - dots.size()));
  const bool painted = shorter.find('\x1b') != shorter.npos;
  return shorter.append(dots).append(painted ? reset : "");
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto space = text.find(' ');
    const auto word = text.substr(0, space);
    text.remove_prefix(space == text.npos ? text.size() : space + 1);
    if (word.empty()) continue;
    if (!lines.empty() && visible_width(lines.back()) + 1 + visible_width(word) <= width)
      lines.back().append(" ").append(word);
    else
      lines.emplace_back(word);
  }
  return lines;
}

}  // namespace batchmill
