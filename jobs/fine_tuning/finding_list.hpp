// What was found in a stretch of lines: counted by kind, the first places kept.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "batchmill/fine_tuning.hpp"
#include "jobs/fine_tuning/flaws.hpp"

namespace batchmill::fine_tuning {

class finding_list {
 public:
  explicit finding_list(std::size_t shown = 5) : shown_(shown) {}

  /// What is added from now on stands in this line.
  void begin_line(std::uint64_t number, std::string_view text) {
    line_ = number;
    text_ = text;
    sound_ = true;
  }

  /// Was no error found in the line?
  bool sound() const { return sound_; }

  /// `at` is a part of the line, or null for all of it. `say` makes the sentence when it is needed.
  template <class Say>
  void add(flaw what, const char* at, Say say) {
    kind& k = kinds_[static_cast<std::size_t>(what)];
    const flaw_facts& facts = facts_of(what);
    if (facts.is_error) sound_ = false;
    if (k.count++ >= (facts.shown_once ? 1 : shown_)) return;
    keep(k, at, say());
  }

  /// Of the file as a whole, or of a line that is not at hand.
  void add_at(flaw what, std::uint64_t line, std::string sentence);

  /// What follows, whose lines are counted from `lines_before`.
  void append(finding_list later, std::uint64_t lines_before);

  std::uint64_t count(flaw what) const { return kinds_[static_cast<std::size_t>(what)].count; }

  /// Errors first, both in the order of the flaws.
  std::vector<finding_group> groups() const;

 private:
  struct kind {
    std::uint64_t count = 0;
    std::vector<finding> first;
  };

  void keep(kind& k, const char* at, std::string sentence);

  std::size_t shown_;
  std::uint64_t line_ = 0;
  std::string_view text_;
  bool sound_ = true;
  std::array<kind, flaw_count> kinds_;
};

}  // namespace batchmill::fine_tuning
