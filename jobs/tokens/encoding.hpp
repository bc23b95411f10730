// The encodings: a way to split, a set of ranks, and how both are done on this processor.
#pragma once

#include <memory>
#include <string>

#include "batchmill/tokens.hpp"
#include "jobs/tokens/merge.hpp"
#include "jobs/tokens/split.hpp"
#include "jobs/tokens/vocabulary.hpp"

namespace batchmill::tokens {

class piece_cache;

/// How is a text cut into pieces and merged?
enum class method {
  plain,    // one character after the other
  fastest,  // with vector instructions, where the processor has them
};

class encoding final : public token_encoding {
 public:
  encoding(std::string name, split_pattern pattern, std::shared_ptr<const vocabulary> words,
           method how = method::fastest);
  ~encoding() override;

  std::string_view name() const override { return name_; }
  std::size_t count(std::string_view text) const override;
  void encode(std::string_view text, std::vector<std::uint32_t>& out) const override;
  std::string_view first_tokens(std::string_view text, std::size_t most) const override;

  split_pattern pattern() const { return pattern_; }
  const vocabulary& words() const { return *words_; }

 private:
  std::string name_;
  split_pattern pattern_;
  std::shared_ptr<const vocabulary> words_;
  bool fast_;
  merge_function merge_;
};

/// Are there ranks to be loaded?
bool has_ranks(std::string_view encoding);

/// The ranks of an encoding as the program carries them, or from tiktoken's cache; null when there
/// are none. Built anew each time.
std::shared_ptr<const vocabulary> load_vocabulary(std::string_view encoding);

/// How the texts of an encoding are split.
split_pattern pattern_of(std::string_view encoding);

}  // namespace batchmill::tokens
