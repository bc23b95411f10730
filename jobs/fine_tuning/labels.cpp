#include "jobs/fine_tuning/labels.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "batchmill/grouped_number.hpp"
#include "jobs/fine_tuning/raw_text.hpp"

namespace batchmill::fine_tuning {

namespace {

constexpr std::uint64_t fewest_answers = 20;
constexpr std::uint64_t fewest_each = 3;  // on average; otherwise they are names, not classes
constexpr std::uint64_t balance = 10;     // the most frequent against the rarest

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with("\\n")) {
    text.remove_prefix(text.front() == ' ' ? 1 : 2);
  }
  while (text.ends_with(' ') || text.ends_with("\\n")) {
    text.remove_suffix(text.back() == ' ' ? 1 : 2);
  }
  return text;
}

}  // namespace

void label_counter::add(std::string_view answer) {
  ++answers_;
  const std::string_view label = trimmed(answer);
  if (label.empty() || label.size() > longest) {
    ++long_ones_;
    return;
  }
  if (too_many_) return;
  const auto found = counts_.find(label);
  if (found != counts_.end()) {
    ++found->second;
  } else if (counts_.size() < most_labels) {
    counts_.emplace(label, 1);
  } else {
    too_many_ = true;
  }
}

void label_counter::add(const label_counter& other) {
  answers_ += other.answers_;
  long_ones_ += other.long_ones_;
  too_many_ = too_many_ || other.too_many_;
  for (const auto& [label, count] : other.counts_) counts_[label] += count;
  too_many_ = too_many_ || counts_.size() > most_labels;
}

std::vector<label_count> label_counter::labels() const {
  if (too_many_ || answers_ < fewest_answers || long_ones_ * 50 > answers_) return {};
  if (counts_.empty() || counts_.size() * fewest_each > answers_) return {};
  std::vector<label_count> all;
  for (const auto& [label, count] : counts_) {
    label_count one;
    one.label = beginning_of(label, longest);
    one.count = count;
    all.push_back(std::move(one));
  }
  std::ranges::stable_sort(all, std::greater(), &label_count::count);
  return all;
}

std::string imbalance_of(const std::vector<label_count>& labels) {
  if (labels.empty()) return {};
  const label_count& most = labels.front();
  const label_count& least = labels.back();
  if (labels.size() == 1) {
    return fmt::format("every answer is \"{}\": there is nothing to learn", most.label);
  }
  if (most.count < least.count * balance) return {};
  return fmt::format("the answers look like {} classes, and \"{}\" comes {} times, \"{}\" only {}",
                     labels.size(), most.label, with_separators(most.count), least.label,
                     with_separators(least.count));
}

}  // namespace batchmill::fine_tuning
