// Reads a batch's input file line by line, as much as one slice of time allows, and notes what is
// wrong with it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "runner/simulator/batches/batch_line.hpp"
#include "runner/simulator/batches/line_executor.hpp"
#include "runner/simulator/batches/work_slice.hpp"

namespace batchmill::simulator_detail {

class validation {
 public:
  /// `executor` null: tokens are not counted.
  validation(file_content input, std::string endpoint, line_executor* executor);

  /// True when the whole file is read.
  bool work(work_slice& slice);

  const std::vector<batch_error>& errors() const { return errors_; }
  const std::string& model() const { return model_; }
  std::int64_t tokens() const { return tokens_; }

  /// Where the lines begin, and in the end where the last one ends.
  std::vector<std::uint64_t> take_lines() { return std::move(lines_); }

 private:
  void check(std::string_view text);
  void check_line(const batch_line& line);
  void check_model(const batch_line& line);
  void finish();
  void note(std::string code, std::string message, std::int64_t line);

  line_reader reader_;
  std::string endpoint_;
  line_executor* executor_;
  std::vector<std::uint64_t> lines_;
  std::vector<batch_error> errors_;
  std::unordered_set<std::uint64_t> custom_ids_;  // their hashes
  std::string model_;
  bool model_known_ = true;
  std::int64_t tokens_ = 0;
  std::int64_t inputs_ = 0;  // of embeddings
  bool done_ = false;
};

}  // namespace batchmill::simulator_detail
