// Checks one file, its blocks on several threads, and joins what they found in the file's order.
#pragma once

#include <string>

#include "batchmill/fine_tuning.hpp"
#include "jobs/fine_tuning/example_reader.hpp"
#include "jobs/fine_tuning/finding_list.hpp"
#include "jobs/fine_tuning/seen_rows.hpp"

namespace batchmill::fine_tuning {

/// A file and how it is read.
struct file_task {
  file_task() = default;

  std::string path;
  reading_rules rules;
  unsigned threads = 1;
  std::size_t shown = 5;
  const seen_rows* others = nullptr;  // the rows of the training file, for a validation file
  std::string others_name;
};

/// What the first lines tell of the format, where the caller does not name one.
reading_rules rules_by_first_lines(const std::string& path, std::optional<method> how);

/// Fills `seen` with the file's rows and `findings` with what is wrong with its lines, but not with
/// the file as a whole. The report lacks its findings.
file_report check_lines(const file_task& task, seen_rows& seen, finding_list& findings);

}  // namespace batchmill::fine_tuning
