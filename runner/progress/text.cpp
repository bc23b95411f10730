// Text for a terminal: what is safe to print, how wide it is, how it is coloured.
#include "runner/progress/text.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "runner/progress/utf8.hpp"

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

std::string spelled_out(char32_t c) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  const auto code = static_cast<std::uint32_t>(c);
  return code < 0x80 ? fmt::format("\\x{:02x}", code) : fmt::format("\\u{:04x}", code);
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
  return {c.length, columns_of(c.value)};
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
