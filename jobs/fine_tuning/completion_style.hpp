// What all prompts and all completions have in common: the checks of OpenAI's old command line
// tool for prompt/completion files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "jobs/fine_tuning/finding_list.hpp"

namespace batchmill::fine_tuning {

class completion_style {
 public:
  /// Both are escaped.
  void add(std::string_view prompt, std::string_view completion);
  void add(const completion_style& other);

  void report(finding_list& to) const;

 private:
  struct column {
    std::string prefix;
    std::string suffix;
    std::uint64_t upper = 0;
    std::uint64_t lower = 0;

    void add(std::string_view text, bool is_first);
    void add(const column& other, bool is_first);
  };

  column prompts_;
  column completions_;
  std::uint64_t count_ = 0;
  std::uint64_t empty_prompts_ = 0;
};

}  // namespace batchmill::fine_tuning
