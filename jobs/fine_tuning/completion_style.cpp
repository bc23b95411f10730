#include "jobs/fine_tuning/completion_style.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "jobs/fine_tuning/raw_text.hpp"

namespace batchmill::fine_tuning {

namespace {

constexpr std::size_t longest = 200;  // of what is remembered
constexpr std::uint64_t fewest = 10;  // examples, so that it is no chance
constexpr std::size_t long_prompt_prefix = 12;
constexpr std::size_t long_completion_prefix = 5;

void keep_common_prefix(std::string& prefix, std::string_view text) {
  const auto end = std::ranges::mismatch(prefix, text).in1;
  prefix.erase(end, prefix.end());
}

void keep_common_suffix(std::string& suffix, std::string_view text) {
  std::size_t n = 0;
  while (n < suffix.size() && n < text.size() &&
         suffix[suffix.size() - 1 - n] == text[text.size() - 1 - n]) {
    ++n;
  }
  suffix.erase(0, suffix.size() - n);
}

}  // namespace

void completion_style::column::add(std::string_view text, bool is_first) {
  for (const char c : text.substr(0, longest)) {
    upper += c >= 'A' && c <= 'Z' ? 1 : 0;
    lower += c >= 'a' && c <= 'z' ? 1 : 0;
  }
  if (is_first) {
    prefix = text.substr(0, longest);
    suffix = text.substr(text.size() - std::min(text.size(), longest));
  } else {
    keep_common_prefix(prefix, text);
    keep_common_suffix(suffix, text);
  }
}

void completion_style::column::add(const column& other, bool is_first) {
  upper += other.upper;
  lower += other.lower;
  if (is_first) {
    prefix = other.prefix;
    suffix = other.suffix;
  } else {
    keep_common_prefix(prefix, other.prefix);
    keep_common_suffix(suffix, other.suffix);
  }
}

void completion_style::add(std::string_view prompt, std::string_view completion) {
  prompts_.add(prompt, count_ == 0);
  completions_.add(completion, count_ == 0);
  ++count_;
  empty_prompts_ += prompt.empty() ? 1 : 0;
}

void completion_style::add(const completion_style& other) {
  if (other.count_ == 0) return;
  prompts_.add(other.prompts_, count_ == 0);
  completions_.add(other.completions_, count_ == 0);
  count_ += other.count_;
  empty_prompts_ += other.empty_prompts_;
}

void completion_style::report(finding_list& to) const {
  if (count_ < fewest) return;
  const bool open_ended = empty_prompts_ == count_;
  if (!open_ended && prompts_.suffix.empty()) {
    to.add_at(flaw::no_separator, 0, "the prompts do not end alike: where do completions begin?");
  }
  if (!open_ended && completions_.suffix.empty()) {
    to.add_at(flaw::no_stop_sequence, 0, "the completions do not end alike: where do they stop?");
  }
  if (prompts_.prefix.size() > long_prompt_prefix) {
    to.add_at(flaw::common_prompt_prefix, 0,
              fmt::format("every prompt begins with \"{}\"", beginning_of(prompts_.prefix, 60)));
  }
  if (completions_.prefix.size() > long_completion_prefix) {
    to.add_at(
        flaw::common_completion_prefix, 0,
        fmt::format("every completion begins with \"{}\"", beginning_of(completions_.prefix, 60)));
  }
  for (const auto& [name, texts] :
       {std::pair("prompts", &prompts_), std::pair("completions", &completions_)}) {
    if (texts->upper > texts->lower * 2) {
      to.add_at(flaw::mostly_upper_case, 0, fmt::format("the {} are written in upper case", name));
    }
  }
}

}  // namespace batchmill::fine_tuning
