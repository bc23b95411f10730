// Counts short answers: where there are few different ones, they are classes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/fine_tuning.hpp"

namespace batchmill::fine_tuning {

class label_counter {
 public:
  /// `answer` is escaped.
  void add(std::string_view answer);
  void add(const label_counter& other);

  /// The most frequent first; empty where the answers are texts.
  std::vector<label_count> labels() const;

 private:
  static constexpr std::size_t most_labels = 100;
  static constexpr std::size_t longest = 40;  // bytes

  std::map<std::string, std::uint64_t, std::less<>> counts_;
  std::uint64_t answers_ = 0;
  std::uint64_t long_ones_ = 0;
  bool too_many_ = false;
};

/// One sentence when some classes are far more frequent than others; empty otherwise.
std::string imbalance_of(const std::vector<label_count>& labels);

}  // namespace batchmill::fine_tuning
