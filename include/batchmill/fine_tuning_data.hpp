// Making data for fine-tuning: examples from rows, from the answers of a run, from tables; without
// duplicates, shuffled, split.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "batchmill/fine_tuning.hpp"
#include "batchmill/job_spec.hpp"
#include "batchmill/row.hpp"

namespace batchmill::fine_tuning {

/// What does a source hold?
enum class source_kind {
  rows,         // JSON objects, for the template
  table,        // CSV, or TSV by its suffix: the first line names the columns
  run,          // a finished run of batchmill: its rows, and the answers to them
  completions,  // prompt and completion, which become a conversation
  examples,     // what is an example already
};

struct source_spec {
  source_spec() = default;

  source_kind kind = source_kind::rows;
  std::string path;     // relative to the spec; of a run that of its job
  std::string answers;  // of a run, instead of its job's output; empty: that
  source_mark mark;     // of the path in the spec
  json_fragment
      body_template;   // with {{ field }}; of a run also {{ answer }}; may be empty for runs
  std::string system;  // of completions: put before each prompt; empty: none
};

enum class too_long_rule {
  keep,  // the service cuts it
  drop,
  trim,  // the longest message of the user is cut
};

/// Which answers get the weight 0.
struct mask_rules {
  mask_rules() = default;

  bool earlier_answers = false;  // all of a conversation but the last
  bool refusals = false;
  std::vector<std::string> containing;  // texts
};

struct prepare_spec {
  prepare_spec() = default;

  std::string file;  // of the spec
  method how = method::supervised;
  std::string model;
  std::uint64_t seed = 1;
  std::vector<source_spec> sources;
  double validation_share = 0;         // of the examples, 0 to 0.9
  std::uint64_t validation_count = 0;  // or so many
  std::string split_by;                // field of the rows; each of its values is split alike
  bool remove_duplicates = true;
  too_long_rule too_long = too_long_rule::keep;
  std::optional<std::int64_t> most_tokens;  // nothing: the model's limit
  mask_rules mask;
  std::string output = "prepared";  // folder

  std::string resolve(const std::string& path) const;

  /// "prepare.yaml:4:11"
  std::string where(const source_spec& source) const;
};

/// Throws usage_error with file:line:column.
prepare_spec load_prepare_spec(const std::string& path);

/// What became of the rows.
struct prepare_report {
  prepare_report() = default;

  std::uint64_t rows = 0;
  std::uint64_t faulty = 0;  // became no example
  std::uint64_t unanswered = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t too_long = 0;  // left out
  std::uint64_t trimmed = 0;
  std::uint64_t training = 0;
  std::uint64_t validation = 0;
  std::vector<std::string> faults;  // the first of them: sentences with their places
  std::string training_file;
  std::string validation_file;  // empty: there is none
  dataset_report check;
};

/// How rows are read; a test may bring its own.
struct prepare_edges {
  prepare_edges() = default;

  using row_pull = std::function<std::optional<row>()>;

  /// The lines of the inputs of a job.
  std::function<row_pull(const job_spec&)> open;
  std::function<job_spec(const std::string& path)> load_job;
  const model_catalogue* models = nullptr;  // null: the program's own
  std::string today;
};

/// Writes train.jsonl, valid.jsonl and report.json to the output folder, each at once when it is
/// complete. The same input and seed give the same bytes. Memory grows by 65 to 100 bytes an
/// example.
prepare_report prepare(const prepare_spec& spec, const prepare_edges& edges);

std::string to_text(const prepare_report& report);

}  // namespace batchmill::fine_tuning
