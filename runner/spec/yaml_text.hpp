// YAML text before it is parsed: what is no text at all is refused here, and places are counted.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runner/spec/place.hpp"

namespace batchmill::spec {

class yaml_text {
 public:
  /// `line_numbers` is false for an override, whose name is place enough.
  /// Throws usage_error at the first byte that is not UTF-8 or a control character.
  yaml_text(std::string text, const std::string& source, bool line_numbers);

  const std::string& text() const { return text_; }

  /// From yaml-cpp's line and column, which start at 0 and count bytes, to what an editor shows.
  place at(int line, int column) const;

  std::size_t offset(int line, int column) const;
  place at_offset(std::size_t offset) const;

  /// The blanks in front of a line, for the complaint about tabs.
  std::string_view indentation(int line) const;

  /// Is the quote at `offset` never closed? yaml-cpp takes the rest of the file for its text.
  bool open_quote(std::size_t offset) const;

 private:
  void refuse_what_is_no_text() const;

  std::string text_;
  std::shared_ptr<const std::string> source_;
  bool line_numbers_;
  std::vector<std::size_t> lines_{0};
};

}  // namespace batchmill::spec
