// The files of a part in the making: the requests that are uploaded, and the rows beside them.
#pragma once

#include <string>
#include <string_view>

#include "runner/batch/part.hpp"
#include "runner/batch/part_paths.hpp"
#include "runner/batch/part_row.hpp"
#include "runner/engine/ledger/disk_file.hpp"

namespace batchmill {

/// Rows together have these bounds in one batch.
struct part_bounds {
  part_bounds() = default;

  std::uint64_t requests = 50'000;
  std::uint64_t bytes = 200'000'000;
  std::uint64_t inputs = 50'000;  // of embeddings
  std::int64_t tokens = 0;        // 0: none
};

class part_writer {
 public:
  /// `facts` name the part's number, endpoint, model and attempt.
  part_writer(const part_paths& paths, batch_part facts);

  /// Would a row with such a request still fit?
  bool has_room(std::uint64_t bytes, std::uint64_t inputs, std::int64_t tokens,
                const part_bounds& bounds) const;

  /// `line` is the row's request line; empty for a row that an equal one's request answers.
  void add(part_row r, std::string_view line, std::int64_t tokens);

  const batch_part& facts() const { return facts_; }
  bool empty() const { return rows_added_ == 0; }

  /// Makes the files durable and returns what is known of the part.
  batch_part close();

 private:
  std::string folder_;
  batch_part facts_;
  disk_file requests_;
  part_row_writer rows_;
  std::string text_;  // of requests, not written yet
  std::uint64_t inputs_ = 0;
  std::uint64_t rows_added_ = 0;
};

}  // namespace batchmill
