// What is kept of each row of a part until its answer comes, in the order of the input.
#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

#include "batchmill/job.hpp"
#include "batchmill/outcome.hpp"
#include "batchmill/row.hpp"
#include "runner/engine/ledger/disk_file.hpp"

namespace batchmill {

struct part_row {
  part_row() = default;

  row from;
  std::uint64_t asked_as = 0;    // the row whose request answers this one: itself, or an equal one
  std::uint64_t hash = 0;        // of its request
  std::string custom_id;         // raw JSON string
  input_slice inputs;            // see prepared_request::inputs
  std::uint64_t request_at = 0;  // the line that answers it, in the part's requests
  std::uint64_t request_length = 0;
  std::int64_t tokens = 0;        // of its prompt
  bool tokens_exact = false;      // see prepared_request::prompt_exact
  std::int64_t most_cost = 0;     // see batch_part::most_cost
  std::int64_t counted_cost = 0;  // see batch_part::counted_cost
  float price_factor = 1;         // see prepared_request
  token_usage spent;              // for answers that were not as expected

  bool has_request() const { return asked_as == from.index; }
};

class part_row_writer {
 public:
  part_row_writer() = default;
  explicit part_row_writer(const std::string& path);

  void add(const part_row& r);

  /// Writes out what is left and makes it durable.
  void finish();

 private:
  disk_file file_;
  std::string text_;
};

class part_row_reader {
 public:
  explicit part_row_reader(const std::string& path);

  /// Throws run_error when the file is damaged.
  std::optional<part_row> next();

 private:
  std::string path_;
  std::ifstream file_;
  std::shared_ptr<const std::string> name_;  // of the input file: mostly that of the row before
};

}  // namespace batchmill
