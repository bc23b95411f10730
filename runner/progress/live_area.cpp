// The lines at the bottom of the screen that are redrawn in place. Pure: makes the bytes of a
// frame.
#include "runner/progress/live_area.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runner/progress/text.hpp"

namespace batchmill {

namespace {

constexpr std::string_view hide_cursor = "\x1b[?25l";
constexpr std::string_view show_cursor = "\x1b[?25h";
constexpr std::string_view erase_line_end = "\x1b[K";
constexpr std::string_view erase_below = "\x1b[J";

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> lines;
  for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  lines.emplace_back(text);
  return lines;
}

std::string frame(std::string_view content) {
  return fmt::format("{}{}{}", hide_cursor, content, show_cursor);
}

}  // namespace

/// On the screen: a terminal that became narrower has wrapped what stood there.
std::size_t live_area::rows(int width) const {
  const auto columns = static_cast<std::size_t>(std::max(width, 1));
  std::size_t sum = 0;
  for (const auto& line : lines_)
    sum += std::max<std::size_t>(1, (visible_width(line) + columns - 1) / columns);
  return sum;
}

/// To the area's first line.
std::string live_area::up(int width) const {
  const auto n = rows(width);
  return n == 0 ? "\r" : fmt::format("\r\x1b[{}A", n);
}

/// The same, erasing row by row: where the area is at the top of the screen, tmux would keep what
/// "erase below" takes away in its history.
std::string live_area::erased(int width) const {
  std::string text = "\r";
  for (auto n = rows(width); n > 0; --n) text += "\x1b[A\x1b[2K";
  return text;
}

/// Old text is erased behind each new line rather than before it: nothing flickers.
std::string live_area::body() const {
  std::string text;
  for (const auto& line : lines_) text.append(line).append(erase_line_end).append("\n");
  return text.append(erase_below);
}

std::string live_area::draw(std::string_view lines, int width) {
  const auto start = up(width);
  lines_ = split(lines);
  return frame(start + body());
}

std::string live_area::print_above(std::string_view text, int width) {
  return frame(erased(width) + std::string(text) + (lines_.empty() ? "" : body()));
}

std::string live_area::clear(int width) {
  if (lines_.empty()) return "";
  const auto text = frame(erased(width));
  lines_.clear();
  return text;
}

}  // namespace batchmill
