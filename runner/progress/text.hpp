// Text for a terminal: what is safe to print, how wide it is, how it is coloured.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace batchmill {

/// What the other end can show.
struct look {
  look() = default;
  look(bool with_color, bool with_unicode) : color(with_color), unicode(with_unicode) {}

  bool color = false;
  bool unicode = false;
};

enum class tone { plain, good, bad, waiting, dim, strong };

/// `text` in the colour of `t`; unchanged without colour.
std::string paint(tone t, std::string_view text, bool color);

/// Foreign text made harmless: control characters (C0, DEL, C1), line separators, text direction
/// marks and bytes that are not UTF-8 are written out as \n, \x1b, \u202e.
std::string escape_controls(std::string_view text);

/// Columns that UTF-8 text takes; colours take none. East Asian wide characters take two.
std::size_t visible_width(std::string_view text);

/// `text`, at most `width` columns of it. What is cut ends in "..." where there is room.
std::string cut(std::string_view text, std::size_t width);

/// Lines of at most `width` columns, broken at spaces. A longer word has a line of its own.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

}  // namespace batchmill
