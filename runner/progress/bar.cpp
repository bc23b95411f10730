// The bar: eighths of a cell where the terminal has Unicode, ASCII elsewhere.
#include "runner/progress/bar.hpp"

#include <algorithm>
#include <array>

namespace batchmill {

namespace {

constexpr std::array<std::string_view, 8> eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

std::string unicode_bar(double share, std::size_t cells, bool color) {
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(cells) * 8);
  std::string body;
  for (std::size_t i = 0; i < filled / 8; ++i) body += "█";
  body += eighths[filled % 8];
  const auto empty = cells - filled / 8 - (filled % 8 == 0 ? 0 : 1);
  return paint(tone::dim, "▕", color) + paint(tone::good, body, color) + std::string(empty, ' ') +
         paint(tone::dim, "▏", color);
}

std::string ascii_bar(double share, std::size_t cells, bool color) {
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(cells));
  std::string body(filled, '=');
  if (filled < cells) body += '>';
  const auto empty = cells - body.size();
  return "[" + paint(tone::good, body, color) + std::string(empty, ' ') + "]";
}

}  // namespace

std::string render_bar(double share, std::size_t width, look l) {
  if (width < 3) return std::string(width, ' ');
  share = share > 0 ? std::min(share, 1.0) : 0;  // not a number counts as nothing
  return l.unicode ? unicode_bar(share, width - 2, l.color) : ascii_bar(share, width - 2, l.color);
}

}  // namespace batchmill
