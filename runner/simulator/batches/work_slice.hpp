// How much is done before others get their turn.
#pragma once

#include <cstddef>

namespace batchmill::simulator_detail {

class work_slice {
 public:
  bool is_used_up() const { return lines_ == 0 || bytes_ == 0; }

  /// A line was worked on, with so many bytes in and out.
  void spend(std::size_t bytes) {
    --lines_;
    bytes_ -= bytes < bytes_ ? bytes : bytes_;
  }

 private:
  std::size_t lines_ = 50;
  std::size_t bytes_ = 256 * 1024;
};

}  // namespace batchmill::simulator_detail
