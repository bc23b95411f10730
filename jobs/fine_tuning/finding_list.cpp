#include "jobs/fine_tuning/finding_list.hpp"

#include <algorithm>

namespace batchmill::fine_tuning {

namespace {

/// Characters, of UTF-8 text.
std::uint64_t length(std::string_view text) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::size_t most_shown(flaw what, std::size_t shown) {
  return facts_of(what).shown_once ? 1 : shown;
}

}  // namespace

void finding_list::keep(kind& k, const char* at, std::string sentence) {
  finding found;
  found.line = line_;
  if (at != nullptr) {
    found.column = 1 + length(text_.substr(0, static_cast<std::size_t>(at - text_.data())));
  }
  found.sentence = std::move(sentence);
  k.first.push_back(std::move(found));
}

void finding_list::add_at(flaw what, std::uint64_t line, std::string sentence) {
  kind& k = kinds_[static_cast<std::size_t>(what)];
  if (k.count++ >= most_shown(what, shown_)) return;
  finding found;
  found.line = line;
  found.sentence = std::move(sentence);
  k.first.push_back(std::move(found));
}

void finding_list::append(finding_list later, std::uint64_t lines_before) {
  for (std::size_t i = 0; i < flaw_count; ++i) {
    kind& k = kinds_[i];
    k.count += later.kinds_[i].count;
    for (finding& found : later.kinds_[i].first) {
      if (k.first.size() >= most_shown(static_cast<flaw>(i), shown_)) break;
      found.line += lines_before;
      k.first.push_back(std::move(found));
    }
  }
}

std::vector<finding_group> finding_list::groups() const {
  std::vector<finding_group> all;
  for (const bool errors : {true, false}) {
    for (std::size_t i = 0; i < flaw_count; ++i) {
      const flaw_facts& facts = facts_of(static_cast<flaw>(i));
      if (kinds_[i].count == 0 || facts.is_error != errors) continue;
      finding_group group;
      group.code = facts.code;
      group.is_error = facts.is_error;
      group.advice = facts.advice;
      group.count = kinds_[i].count;
      group.first = kinds_[i].first;
      all.push_back(std::move(group));
    }
  }
  return all;
}

}  // namespace batchmill::fine_tuning
