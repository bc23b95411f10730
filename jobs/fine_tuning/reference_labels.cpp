#include "jobs/fine_tuning/reference_labels.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "jobs/fine_tuning/same_answer.hpp"

namespace batchmill::fine_tuning {

namespace {

constexpr std::size_t longest_label = 40;  // bytes
constexpr std::size_t most_labels = 100;
constexpr std::size_t fewest_labels = 2;

bool may_be_label(const comparison_prompt& prompt) {
  const std::string_view text = without_blanks(prompt.reference);
  return prompt.calls.empty() && !text.empty() && text.size() <= longest_label &&
         text.find('\n') == std::string_view::npos && !is_json_container(text);
}

}  // namespace

reference_labels::reference_labels(const std::vector<comparison_prompt>& prompts,
                                   std::size_t models) {
  std::size_t references = 0;
  bool all_short = true;
  for (const comparison_prompt& prompt : prompts) {
    if (!prompt.has_reference) continue;
    ++references;
    all_short = all_short && may_be_label(prompt);
    if (!all_short || places_.size() > most_labels) break;
    const auto [place, is_new] = places_.emplace(label_of(prompt.reference), scores_.size());
    if (is_new) {
      label_score& score = scores_.emplace_back();
      score.label = without_blanks(prompt.reference);
      score.right.resize(models);
      score.said.resize(models);
    }
    ++scores_[place->second].prompts;
  }
  const bool few = places_.size() <= most_labels && places_.size() * 2 <= references;
  if (all_short && few && places_.size() >= fewest_labels) return;
  places_.clear();
  scores_.clear();
}

std::optional<std::size_t> reference_labels::find(const std::string& text) const {
  const auto found = places_.find(label_of(text));
  if (found == places_.end()) return std::nullopt;
  return found->second;
}

void reference_labels::note(std::size_t wanted, std::optional<std::size_t> said,
                            std::size_t model) {
  if (!said) return;
  ++scores_[*said].said[model];
  if (*said == wanted) ++scores_[wanted].right[model];
}

std::vector<label_score> reference_labels::take() && {
  std::ranges::stable_sort(scores_, std::greater(), &label_score::prompts);
  return std::move(scores_);
}

}  // namespace batchmill::fine_tuning
