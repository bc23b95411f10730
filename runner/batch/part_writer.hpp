// The files of a part in the making: the requests that are uploaded, and the rows beside them.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

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

  /// A row and the line that asks for it.
  void add(part_row r, std::string_view line);

  /// A row that another one's request answers, which was added before.
  void add_equal(part_row r);

  /// Does this part ask for the row itself?
  bool asks_for(std::uint64_t row) const { return places_.contains(row); }

  const batch_part& facts() const { return facts_; }

  /// Makes the files durable and returns what is known of the part.
  batch_part close();

 private:
  struct place {
    std::uint64_t at = 0;
    std::uint64_t length = 0;
  };

  std::string folder_;
  batch_part facts_;
  disk_file requests_;
  part_row_writer rows_;
  std::string text_;  // of requests, not written yet
  std::uint64_t inputs_ = 0;
  std::unordered_map<std::uint64_t, place> places_;  // of the requests, by row
};

}  // namespace batchmill
