// Rows of a CSV file (RFC 4180), or of one with tabs: objects whose keys are the column names and
// whose values are texts.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/row.hpp"
#include "jobs/fine_tuning/block_reader.hpp"

namespace batchmill::fine_tuning {

class table_reader {
 public:
  /// Reads the names of the columns. Throws usage_error when there are none, or one twice.
  table_reader(const std::string& path, char separator);

  /// The next row that is not blank. Throws usage_error for one that has another number of fields,
  /// or a quote that is never closed.
  std::optional<row> next();

 private:
  /// The fields of the next record, which may go over several lines; false at the end.
  bool record();
  bool physical_line();
  [[noreturn]] void fail(std::uint64_t line, const std::string& sentence) const;

  std::string path_;
  char separator_;
  block_reader file_;
  std::string block_;
  std::string_view rest_;
  std::string_view line_;
  bool line_had_return_ = false;
  std::uint64_t line_number_ = 0;
  std::uint64_t record_line_ = 0;
  std::vector<std::string> fields_;
  std::vector<std::string> names_;  // as raw JSON strings
  std::shared_ptr<const std::string> name_;
  std::uint64_t rows_ = 0;
};

}  // namespace batchmill::fine_tuning
