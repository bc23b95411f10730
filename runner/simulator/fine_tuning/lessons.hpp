// What a simulated model has learned: the examples it was trained on, by the words of their
// prompts.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace batchmill::simulator_detail {

class lessons {
 public:
  /// The first thousands of examples are kept.
  void add(std::string_view prompt, std::string_view answer);

  /// The answer to the prompt that shares the most with `texts`, words that few prompts have
  /// counting more; empty when none shares any.
  std::string_view recall(std::span<const std::string_view> texts) const;

  bool is_empty() const { return answers_.empty(); }

 private:
  std::vector<std::string> answers_;
  std::map<std::uint64_t, std::vector<std::uint32_t>> prompts_;  // by word; each rises
};

}  // namespace batchmill::simulator_detail
