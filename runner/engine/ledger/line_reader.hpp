// The whole lines of an output file, one after the other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/engine/ledger/disk_file.hpp"

namespace batchmill {

class line_reader {
 public:
  explicit line_reader(const std::string& path);

  /// Without its end, valid until the next call. What stands behind the last line end is no line.
  std::optional<std::string_view> next();

  /// Where the line that `next` will give begins.
  std::uint64_t offset() const { return offset_; }

 private:
  bool fill();

  disk_file file_;
  std::vector<char> space_;
  std::uint64_t offset_ = 0;
  std::size_t begin_ = 0;  // of what is not taken yet
  std::size_t end_ = 0;
};

}  // namespace batchmill
