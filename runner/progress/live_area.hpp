// The lines at the bottom of the screen that are redrawn in place. Pure: makes the bytes of a
// frame.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace batchmill {

/// Every frame is meant for a single write. Between frames the cursor is visible and stands at the
/// start of the line below the area, so that whatever kills the program leaves a sane terminal.
class live_area {
 public:
  /// Replaces the area by these lines ('\n' between them).
  std::string draw(std::string_view lines, int width);

  /// Puts `text` (with its last '\n') above the area, for good.
  std::string print_above(std::string_view text, int width);

  /// Takes the area away.
  std::string clear(int width);

 private:
  std::size_t rows(int width) const;
  std::string up(int width) const;
  std::string erased(int width) const;
  std::string body() const;

  std::vector<std::string> lines_;
};

}  // namespace batchmill
