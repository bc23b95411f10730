#include "runner/progress/table.hpp"

#include <algorithm>
#include <utility>

#include "runner/progress/text.hpp"

namespace batchmill {

text_table::text_table(std::vector<column> columns) : columns_(std::move(columns)) {
  std::vector<std::string> titles;
  for (const column& c : columns_) titles.push_back(c.title);
  add(titles);
}

void text_table::add(const std::vector<std::string>& cells) {
  auto& line = lines_.emplace_back();
  for (const std::string& cell : cells) line.push_back(escape_controls(cell));
}

std::string text_table::text() const {
  std::vector<std::size_t> widths(columns_.size());
  for (const auto& line : lines_) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], visible_width(line[i]));
    }
  }
  std::string out;
  for (const auto& line : lines_) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string space(widths[i] - visible_width(line[i]), ' ');
      if (i > 0) out += "  ";
      out += columns_[i].aligned == side::right ? space + line[i] : line[i] + space;
    }
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  }
  return out;
}

}  // namespace batchmill
