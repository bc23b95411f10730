// One line of a batch's input file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runner/simulator/batches/batch.hpp"
#include "runner/simulator/files/file_content.hpp"

namespace batchmill::simulator_detail {

/// Slices of the line.
struct batch_line {
  batch_line() = default;

  std::string_view custom_id;  // as JSON, with its quotes
  std::string_view body;       // as JSON
  std::string model;           // empty when it names none
};

/// Reads a line, which is the `number`th; `line` is in order when nothing is returned.
std::optional<batch_error> read_batch_line(std::string_view text, std::int64_t number,
                                           std::string_view endpoint, batch_line& line);

/// What is not in order is left empty.
batch_line read_valid_line(std::string_view text);

/// Gives out the lines of a file one after the other.
class line_reader {
 public:
  explicit line_reader(file_content content) : content_(std::move(content)) {}

  /// The next line without its end; nothing behind the last one. Valid until the next call.
  std::optional<std::string_view> next();

  /// Where the line that was given out last begins.
  std::uint64_t begin() const { return begin_; }

 private:
  bool fill();

  file_content content_;
  std::string buffer_;
  std::uint64_t buffer_at_ = 0;  // where the buffer begins in the file
  std::size_t used_ = 0;         // of the buffer
  std::uint64_t begin_ = 0;
};

}  // namespace batchmill::simulator_detail
