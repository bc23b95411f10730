// A NumPy matrix, one record of numbers for each finished row, written as the rows come.
//
// Its header says after every commit how many rows there are, so that the file can be loaded at any
// time. Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "batchmill/job_spec.hpp"
#include "runner/engine/ledger/block_writer.hpp"
#include "runner/engine/ledger/disk_file.hpp"

namespace batchmill {

class matrix_file {
 public:
  matrix_file() = default;

  /// Opens the file and cuts it to its first `rows` rows. Throws run_error.
  matrix_file(const std::string& path, number_type numbers, std::uint64_t rows);

  bool is_open() const { return file_.is_open(); }

  /// The next row; empty: it has no numbers, and its record is made of NaN. Throws run_error when
  /// it is not as long as the others.
  void add(std::string_view record);

  /// Makes what was added durable.
  void commit();

  /// Forgets what was added since the last commit.
  void roll_back();

 private:
  void cut();
  disk_file file_;
  number_type numbers_ = number_type::float32;
  std::uint64_t record_ = 0;  // bytes of a row; 0: there was none with numbers yet
  std::uint64_t rows_ = 0;    // with those added
  std::uint64_t durable_rows_ = 0;
  std::uint64_t durable_record_ = 0;
  block_writer records_;
};

/// How many whole rows a matrix holds; 0 when it is none, or of other numbers. Of one without any
/// numbers all its rows count.
std::uint64_t rows_of_matrix(const std::string& path, number_type numbers);

/// The record of one row; empty when it has no numbers.
std::string read_matrix_row(const disk_file& matrix, std::uint64_t row);

}  // namespace batchmill
