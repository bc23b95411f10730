// Some rows of an input, each as likely as any other, and what running them shows.
#pragma once

#include <random>
#include <vector>

#include "batchmill/job_spec.hpp"
#include "batchmill/plan.hpp"
#include "batchmill/row.hpp"

namespace batchmill {

/// Chooses from an input of unknown length (Vitter's algorithm R).
class row_sample {
 public:
  row_sample(std::uint64_t size, std::uint64_t seed) : size_(size), random_(seed) {}

  void offer(const row& r) {
    ++offered_;
    if (chosen_.size() < size_) return chosen_.push_back(r);
    if (size_ == 0) return;
    const std::uint64_t place =
        std::uniform_int_distribution<std::uint64_t>(0, offered_ - 1)(random_);
    if (place < size_) chosen_[place] = r;
  }

  /// By their places in the input.
  std::vector<row> take();

 private:
  std::uint64_t size_;
  std::uint64_t offered_ = 0;
  std::mt19937_64 random_;
  std::vector<row> chosen_;
};

/// Sends the rows, in a run of its own whose output is thrown away. `format` is what they hold.
sample_result run_sample(const job_spec& spec, const std::vector<row>& rows, row_format format,
                         run_observer* observer);

}  // namespace batchmill
