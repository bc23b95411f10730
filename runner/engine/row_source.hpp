// The rows of a job's input, pulled one by one. Memory does not grow with the input.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "batchmill/job_spec.hpp"
#include "batchmill/row.hpp"
#include "runner/engine/byte_source.hpp"

namespace batchmill {

class row_source {
 public:
  struct not_yet {};  // a pipe that has nothing at the moment
  struct end {};
  using item = std::variant<row, not_yet, end>;

  /// Finds the files (globs expanded, in sorted order). Throws usage_error with the place in the
  /// spec when one is missing. `limit`: only the first so many rows; 0: all.
  row_source(const job_spec& spec, std::uint64_t limit);

  /// The next line that is not blank.
  item next();

  /// As `next`, but waits for a pipe.
  std::optional<row> wait_next();

  /// The first line, without taking it; empty when there is none. Waits for a pipe.
  std::string_view peek();

  const std::vector<std::string>& files() const { return files_; }
  std::uint64_t rows_read() const { return next_index_; }

  /// How many rows there will be, guessed from the bytes read so far; exact when small or at its
  /// end.
  struct estimate {
    std::uint64_t rows = 0;
    bool exact = false;
  };
  estimate total() const;

 private:
  void list_files(const job_spec& spec);
  row file_row();
  bool open_next_file();
  std::optional<std::string_view> take_line();
  bool fill();
  void count_when_small();

  std::vector<std::string> files_;
  bool files_are_rows_;
  std::string files_root_;  // of the files that are rows; empty: each has its own folder
  std::string shared_;      // the folder that all of them are in
  std::uint64_t limit_;
  std::size_t next_file_ = 0;
  std::unique_ptr<byte_source> bytes_;
  std::shared_ptr<const std::string> file_;
  std::uint64_t line_ = 0;
  std::uint64_t next_index_ = 0;
  bool starved_ = false;
  bool ended_ = false;
  std::optional<row> peeked_;

  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // of what is not taken yet
  std::size_t end_ = 0;
  std::size_t scanned_ = 0;  // no line end before this place

  std::uint64_t all_bytes_ = 0;  // of all files; 0 when unknown (a pipe)
  std::uint64_t bytes_of_closed_ = 0;
  std::optional<std::uint64_t> counted_;
};

}  // namespace batchmill
