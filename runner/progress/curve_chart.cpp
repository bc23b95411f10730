#include "runner/progress/curve_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace batchmill {
namespace {

constexpr std::size_t edge_width = 7;  // "1.2345 "
constexpr std::size_t least_width = edge_width + 4;

/// What is to be seen, dot by dot.
class dot_field {
 public:
  dot_field(std::size_t columns, std::size_t rows, look l)
      : columns_(columns),
        rows_(rows),
        unicode_(l.unicode),
        color_(l.color),
        cells_(columns * rows) {}

  std::size_t dots_wide() const { return columns_ * (unicode_ ? 2 : 1); }
  std::size_t dots_high() const { return rows_ * (unicode_ ? 4 : 1); }

  void set(std::size_t x, std::size_t y, bool other) {
    const std::size_t wide = unicode_ ? 2 : 1, high = unicode_ ? 4 : 1;
    cell& c = cells_[y / high * columns_ + x / wide];
    c.dots |= bit(x % wide, y % high);
    (other ? c.other : c.main) = true;
  }

  std::string row(std::size_t number) const {
    std::string text;
    for (std::size_t i = 0; i < columns_; ++i) text += picture(cells_[number * columns_ + i]);
    return text;
  }

 private:
  struct cell {
    unsigned dots = 0;
    bool main = false;
    bool other = false;
  };

  /// The dots of a braille character are numbered down the left column, then the right one, but for
  /// the last row, which came later.
  static unsigned bit(std::size_t x, std::size_t y) {
    if (y == 3) return x == 0 ? 0x40 : 0x80;
    return 1U << (y + 3 * x);
  }

  std::string picture(const cell& c) const {
    if (c.dots == 0) return " ";
    const tone t = c.main ? tone::good : tone::waiting;
    if (!unicode_) return paint(t, c.main ? "*" : "o", color_);
    const unsigned code = 0x2800 + c.dots;
    const std::string utf8 = {static_cast<char>(0xE0 | (code >> 12)),
                              static_cast<char>(0x80 | ((code >> 6) & 0x3F)),
                              static_cast<char>(0x80 | (code & 0x3F))};
    return paint(t, utf8, color_);
  }

  std::size_t columns_;
  std::size_t rows_;
  bool unicode_;
  bool color_;
  std::vector<cell> cells_;
};

struct bounds {
  double least = 0;
  double most = 1;
};

bounds bounds_of(const curve& c) {
  bounds b;
  bool first = true;
  for (const auto* points : {&c.main, &c.other}) {
    for (const auto& [step, value] : *points) {
      if (!std::isfinite(value)) continue;
      b.least = first ? value : std::min(b.least, value);
      b.most = first ? value : std::max(b.most, value);
      first = false;
    }
  }
  if (b.most - b.least < 1e-9) b.most = b.least + 1e-9;
  return b;
}

std::size_t scaled(double share, std::size_t count) {
  const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(count - 1);
  return static_cast<std::size_t>(std::lround(place));
}

void draw(const std::vector<curve_point>& points, bool other, const bounds& b,
          std::int64_t last_step, dot_field& field) {
  const auto steps = static_cast<double>(std::max<std::int64_t>(2, last_step) - 1);
  for (const auto& [step, value] : points) {
    if (!std::isfinite(value)) continue;
    const auto x = scaled(static_cast<double>(step - 1) / steps, field.dots_wide());
    const auto y = scaled((b.most - value) / (b.most - b.least), field.dots_high());
    field.set(x, y, other);
  }
}

std::string title_of(const curve& c, bool color) {
  std::string text = c.title;
  if (!c.main.empty()) text += fmt::format(" {:.3f}", c.main.back().second);
  if (c.other.empty()) return paint(tone::good, text, color);
  return paint(tone::good, text, color) +
         paint(tone::waiting, fmt::format("  validation {:.3f}", c.other.back().second), color);
}

std::string edge_of(std::size_t row, std::size_t rows, const bounds& b, bool empty) {
  if (empty || (row != 0 && row + 1 != rows)) return std::string(edge_width, ' ');
  return fmt::format("{:>{}.4g} ", row == 0 ? b.most : b.least, edge_width - 1);
}

}  // namespace

std::vector<std::string> render_curve(const curve& c, std::int64_t last_step, std::size_t width,
                                      std::size_t rows, look l) {
  if (width < least_width || rows == 0) return {};
  const bounds b = bounds_of(c);
  dot_field field(width - edge_width, rows, l);
  draw(c.main, false, b, last_step, field);
  draw(c.other, true, b, last_step, field);
  std::vector<std::string> lines{std::string(edge_width, ' ') + title_of(c, l.color)};
  const bool empty = c.main.empty() && c.other.empty();
  for (std::size_t i = 0; i < rows; ++i) {
    lines.push_back(edge_of(i, rows, b, empty) + field.row(i));
  }
  return lines;
}

std::vector<std::string> beside(const std::vector<std::string>& left,
                                const std::vector<std::string>& right, std::size_t width) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    std::string line = i < left.size() ? left[i] : "";
    if (i < right.size()) {
      const std::size_t used = visible_width(line);
      line += std::string(used < width ? width - used : 0, ' ') + "  " + right[i];
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace batchmill
