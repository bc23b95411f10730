// What the first lines of a file tell: its format, and what its examples have in common.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "batchmill/json_text.hpp"
#include "jobs/fine_tuning/block_reader.hpp"
#include "jobs/fine_tuning/file_check.hpp"

namespace batchmill::fine_tuning {

namespace {

constexpr std::size_t lines_looked_at = 100;    // to find the format out
constexpr std::size_t examples_compared = 256;  // to find out what they have in common
constexpr std::size_t text_compared = 16000;    // bytes of each message

/// What at least three, and a tenth, of the first examples have is a frame, no text of their own.
void find_common_runs(std::string_view lines, method how, reading_rules& rules) {
  std::unordered_map<std::uint64_t, std::size_t> counts;
  word_hasher letters;
  std::size_t examples = 0;
  for (; examples < examples_compared && !lines.empty(); ++examples) {
    const std::string_view line = take_line(lines);
    if (json::validate(line)) continue;
    std::unordered_set<std::uint64_t> own;
    for_each_text(how, line, [&](std::string_view text) {
      letters.hash(text.substr(0, text_compared));
      for_each_run(letters.letters(), [&](std::uint64_t run) { own.insert(run); });
    });
    for (const std::uint64_t run : own) ++counts[run];
  }
  for (const auto& [run, count] : counts) {
    if (count >= std::max<std::size_t>(3, examples / 10)) rules.common.add(run);
  }
}

}  // namespace

reading_rules rules_by_first_lines(const std::string& path, std::optional<method> how) {
  reading_rules rules;
  rules.how = how;
  block_reader file(path);
  std::string block;
  if (!file.next(block)) return rules;
  std::string_view rest(block);
  for (std::size_t i = 0; i < lines_looked_at && !rest.empty(); ++i) {
    const std::string_view line = take_line(rest);
    const auto found = method_of(line);
    if (!rules.how) rules.how = found;
    if (rules.how == method::reinforcement && found) {
      rules.item_keys = item_keys_of(line);
      break;
    }
    if (rules.how && rules.how != method::reinforcement) break;
  }
  if (rules.how) find_common_runs(block, *rules.how, rules);
  return rules;
}

}  // namespace batchmill::fine_tuning
