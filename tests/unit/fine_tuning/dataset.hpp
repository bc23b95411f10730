// Small datasets for tests: good ones of each format, and what the check finds in them.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "batchmill/fine_tuning.hpp"
#include "tests/support/temporary_folder.hpp"

namespace batchmill::testing {

/// A good example; each number has words of its own.
inline std::string good_line(fine_tuning::method how, int n) {
  const std::string topic = fmt::format("topic {} of chapter {}", n, n * 7);
  switch (how) {
    case fine_tuning::method::supervised:
      return fmt::format(
          R"({{"messages":[{{"role":"system","content":"Be brief."}},)"
          R"({{"role":"user","content":"Explain {0}."}},)"
          R"({{"role":"assistant","content":"The {0} is about the number {1}, and it is long enough to be no class."}}]}})",
          topic, n);
    case fine_tuning::method::preference:
      return fmt::format(
          R"({{"input":{{"messages":[{{"role":"system","content":"Be brief."}},{{"role":"user","content":"Explain {0}."}}]}},)"
          R"("preferred_output":[{{"role":"assistant","content":"It is {1}."}}],)"
          R"("non_preferred_output":[{{"role":"assistant","content":"Who knows what {0} is?"}}]}})",
          topic, n);
    case fine_tuning::method::reinforcement:
      return fmt::format(
          R"({{"messages":[{{"role":"user","content":"Explain {0}."}}],"reference":"{1}"}})", topic,
          n);
    case fine_tuning::method::completion:
      return fmt::format(
          R"({{"prompt":"{1}: explain {0} ->","completion":" {1} is its number, which is no class and no label END"}})",
          topic, n);
  }
  return {};
}

/// So many; 0: as many as it takes for no warning about their number.
inline std::vector<std::string> good_lines(fine_tuning::method how, int count = 0) {
  if (count == 0) count = how == fine_tuning::method::completion ? 100 : 60;
  std::vector<std::string> lines;
  for (int n = 1; n <= count; ++n) lines.push_back(good_line(how, n));
  return lines;
}

inline std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

inline fine_tuning::dataset_report check_text(const std::string& text,
                                              const fine_tuning::check_options& options = {}) {
  const temporary_folder folder;
  return fine_tuning::check_dataset(folder.write("train.jsonl", text), options);
}

/// "unrecognized_role at 31:15", "few_examples"; more of a kind as "... and 4 more".
inline std::vector<std::string> found_in(const fine_tuning::file_report& report) {
  std::vector<std::string> all;
  for (const fine_tuning::finding_group& group : report.findings) {
    for (const fine_tuning::finding& found : group.first) {
      std::string text = group.code;
      if (found.line > 0) text += fmt::format(" at {}", found.line);
      if (found.column > 0) text += fmt::format(":{}", found.column);
      all.push_back(text);
    }
    if (group.count > group.first.size()) {
      all.push_back(fmt::format("{} and {} more", group.code, group.count - group.first.size()));
    }
  }
  return all;
}

}  // namespace batchmill::testing
