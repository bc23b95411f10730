// Answers the requests of a batch in an order of its own and writes the output and error files, as
// much as one slice of time allows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runner/simulator/batches/batch_line.hpp"
#include "runner/simulator/batches/line_executor.hpp"
#include "runner/simulator/batches/work_slice.hpp"
#include "runner/simulator/files/output_spool.hpp"

namespace batchmill::simulator_detail {

/// What tests want to know beyond the batch object.
struct execution_books {
  execution_books() = default;

  std::size_t executed = 0;              // by a model, and so paid
  std::size_t executed_before = 0;       // of these: paid twice
  std::vector<std::string> repetitions;  // the first custom ids of those, as JSON
};

class execution {
 public:
  /// `lines` as validation::take_lines gives them. `executor` must outlive it. `fails`: all
  /// requests do.
  execution(file_content input, std::string endpoint, std::vector<std::uint64_t> lines,
            std::uint64_t seed, bool fails, line_executor& executor);

  std::size_t total() const { return order_.size(); }
  std::size_t done() const { return done_; }

  /// Answers requests until `goal` are done. True when they are.
  bool answer(std::size_t goal, work_slice& slice);

  /// All that are left end with this error. True when none is left.
  bool give_up(std::string_view code, std::string_view message, work_slice& slice);

  std::size_t completed() const { return completed_; }
  std::size_t failed() const { return failed_; }
  const token_usage& usage() const { return usage_; }
  const execution_books& books() const { return books_; }

  file_content output() { return output_.take(); }
  file_content errors() { return errors_.take(); }

 private:
  std::string next_line();
  std::string begin_line(std::string_view custom_id) const;
  void answer_next(work_slice& slice);
  void note(const line_answer& answer, std::string_view custom_id);

  file_content input_;
  std::string endpoint_;
  std::vector<std::uint64_t> lines_;
  std::vector<std::uint32_t> order_;
  std::uint64_t seed_;
  bool fails_;
  line_executor& executor_;
  std::size_t done_ = 0;
  std::size_t completed_ = 0;
  std::size_t failed_ = 0;
  token_usage usage_;
  execution_books books_;
  output_spool output_;
  output_spool errors_;
};

}  // namespace batchmill::simulator_detail
