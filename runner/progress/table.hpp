// Columns of text, as wide as they need to be.
#pragma once

#include <string>
#include <vector>

namespace batchmill {

class text_table {
 public:
  enum class side { left, right };

  struct column {
    std::string title;
    side aligned = side::left;
  };

  explicit text_table(std::vector<column> columns);

  /// One cell for each column. What a terminal must not get is written out.
  void add(const std::vector<std::string>& cells);

  /// With the titles as its first line; every line ends in a line end, none in spaces.
  std::string text() const;

 private:
  std::vector<column> columns_;
  std::vector<std::vector<std::string>> lines_;
};

}  // namespace batchmill
