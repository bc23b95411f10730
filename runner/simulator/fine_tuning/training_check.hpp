// Reads a training or validation file as much as one slice of time allows, and judges it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "runner/simulator/batches/batch_line.hpp"
#include "runner/simulator/batches/work_slice.hpp"
#include "runner/simulator/fine_tuning/training_line.hpp"

namespace batchmill::simulator_detail {

class training_check {
 public:
  /// `what` is "training" or "validation"; `fewest`: examples that it must have.
  training_check(file_content file, training_shape shape, std::string what, std::int64_t fewest)
      : reader_(std::move(file)),
        shape_(std::move(shape)),
        what_(std::move(what)),
        fewest_(fewest) {}

  /// True when the file has been read to its end.
  bool work(work_slice& slice);

  /// Once it has: why the job fails; empty when the file is in order.
  std::string verdict() const;

  std::int64_t examples() const { return lines_ - faults_; }
  std::int64_t tokens() const { return tokens_; }
  lessons take_lessons() { return std::move(lessons_); }

 private:
  void check(std::string_view line);

  line_reader reader_;
  training_shape shape_;
  std::string what_;
  std::int64_t fewest_;
  std::int64_t lines_ = 0;
  std::int64_t faults_ = 0;
  std::int64_t tokens_ = 0;
  std::string first_faults_;
  lessons lessons_;
  bool done_ = false;
};

}  // namespace batchmill::simulator_detail
