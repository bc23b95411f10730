// The labels that references are, where they are labels and no texts.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "batchmill/fine_tuning_comparison.hpp"

namespace batchmill::fine_tuning {

class reference_labels {
 public:
  /// Few different short references, each found twice on average, are labels.
  reference_labels(const std::vector<comparison_prompt>& prompts, std::size_t models);

  bool any() const { return !scores_.empty(); }

  /// The label that `text` is; nothing where it is none.
  std::optional<std::size_t> find(const std::string& text) const;

  /// What model number `model` answered to a prompt whose reference is label `wanted`.
  void note(std::size_t wanted, std::optional<std::size_t> said, std::size_t model);

  /// The most frequent first.
  std::vector<label_score> take() &&;

 private:
  std::map<std::string, std::size_t> places_;  // what label_of() makes of a label -> in scores_
  std::vector<label_score> scores_;
};

}  // namespace batchmill::fine_tuning
