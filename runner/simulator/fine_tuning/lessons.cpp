#include "runner/simulator/fine_tuning/lessons.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "runner/simulator/dice.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::size_t most_examples = 5'000, most_read = 8'192;

// The words of a text as hashes, each once.
void collect_words(std::string_view text, std::set<std::uint64_t>& words) {
  text = text.substr(0, most_read);
  std::string word;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && is_word(text[i])) {
      word += lower(text[i]);
      continue;
    }
    if (!word.empty()) words.insert(hash_text(word));
    word.clear();
  }
}

}  // namespace

void lessons::add(std::string_view prompt, std::string_view answer) {
  if (answers_.size() == most_examples) return;
  std::set<std::uint64_t> words;
  collect_words(prompt, words);
  const auto number = static_cast<std::uint32_t>(answers_.size());
  for (const auto word : words) prompts_[word].push_back(number);
  answers_.emplace_back(answer);
}

std::string_view lessons::recall(std::span<const std::string_view> texts) const {
  std::set<std::uint64_t> words;
  for (const auto text : texts) collect_words(text, words);
  std::vector<double> shared(answers_.size());
  const auto count = static_cast<double>(answers_.size());
  for (const auto word : words) {
    const auto found = prompts_.find(word);
    if (found == prompts_.end()) continue;
    const double weight = std::log1p(count / static_cast<double>(found->second.size()));
    for (const auto number : found->second) shared[number] += weight;
  }
  const auto best = std::max_element(shared.begin(), shared.end());
  if (best == shared.end() || *best <= 0) return {};
  return answers_[static_cast<std::size_t>(best - shared.begin())];
}

}  // namespace batchmill::simulator_detail
