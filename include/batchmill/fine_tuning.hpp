// Data for fine-tuning: what is wrong with a file of examples, what it holds, what training on it
// will cost. Nothing here goes over the network.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/models.hpp"
#include "batchmill/money.hpp"

namespace batchmill::fine_tuning {

/// What does a line of the file teach?
enum class method {
  supervised,     // the answers of a conversation
  preference,     // which of two answers is better: "dpo"
  reinforcement,  // a conversation, and what graders know of it
  completion,     // the text after a prompt; only the oldest models
};

/// As the API has it: "supervised", "dpo", "reinforcement"; "completion".
std::string_view name_of(method how);
std::optional<method> method_named(std::string_view name);

/// One place where something is wrong.
struct finding {
  finding() = default;

  std::uint64_t line = 0;    // from 1; 0: the file as a whole
  std::uint64_t column = 0;  // in characters from 1; 0: the line as a whole
  std::string sentence;      // what is wrong there
};

/// Everything of one kind that was found in a file.
struct finding_group {
  finding_group() = default;

  std::string code;            // "unrecognized_role"; names are stable
  bool is_error = false;       // the service would refuse the file; otherwise a warning
  std::string advice;          // how to mend it
  std::uint64_t count = 0;     // of all places
  std::vector<finding> first;  // the first of them
};

/// How a quantity is spread over the examples.
struct distribution {
  distribution() = default;

  struct bar {
    std::int64_t from = 0;  // both included
    std::int64_t to = 0;
    std::uint64_t count = 0;
  };

  std::uint64_t count = 0;
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::int64_t sum = 0;
  std::int64_t p5 = 0, p10 = 0, p50 = 0, p90 = 0, p95 = 0, p99 = 0;  // exact up to 4,095
  std::vector<bar> bars;                                             // a histogram of at most ten

  double mean() const {
    return count == 0 ? 0.0 : static_cast<double>(sum) / static_cast<double>(count);
  }
};

/// How often a short answer was found, where the answers look like classes.
struct label_count {
  label_count() = default;

  std::string label;
  std::uint64_t count = 0;
};

/// What is known of one file.
struct file_report {
  file_report() = default;

  std::string file;           // as it was named
  std::optional<method> how;  // nothing: its lines are of no known format
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;     // empty ones too
  std::uint64_t examples = 0;  // lines that are not empty
  std::uint64_t errors = 0;    // findings
  std::uint64_t warnings = 0;
  std::vector<finding_group> findings;  // errors first
  distribution messages;                // these three of examples without errors
  distribution tokens;
  distribution assistant_tokens;
  std::int64_t tokens_per_epoch = 0;  // what is trained on: no example counts beyond its limit
  std::uint64_t over_limit = 0;       // examples that the service would cut
  std::vector<label_count> labels;    // the most frequent first; empty: the answers are texts

  bool good() const { return errors == 0; }
};

/// What training will take. `price` is only there when the model's is known.
struct training_estimate {
  training_estimate() = default;

  std::uint64_t epochs = 0;
  bool epochs_chosen = false;        // by the caller; otherwise by the usual rule
  std::int64_t billable_tokens = 0;  // over all epochs
  std::optional<money> price;
  std::optional<double> dollars_per_hour;  // of methods that are billed by time
  std::string unknown;                     // why there is no price; one sentence
};

struct check_options {
  check_options() = default;

  std::string model;                    // empty: tokens are counted as for new models; no price
  std::optional<method> how;            // nothing: found out from the first lines
  std::optional<std::uint64_t> epochs;  // nothing: by the usual rule
  std::string validation;               // a second file, of the same format; empty: none
  std::string today;                    // YYYY-MM-DD; empty: closing dates do not matter
  std::size_t shown = 5;                // places of each kind that are kept
  unsigned threads = 2;
  const model_catalogue* models = nullptr;  // null: the program's own
};

struct dataset_report {
  dataset_report() = default;

  std::string model;                          // as it was named
  std::string encoding;                       // by which tokens were counted
  bool encoding_is_guess = false;             // the model is not known
  std::optional<std::int64_t> example_limit;  // tokens of an example; nothing: not known
  std::vector<std::string> notices;           // about the model and the service: closing dates
  file_report training;
  std::optional<file_report> validation;
  training_estimate estimate;

  std::uint64_t errors() const { return training.errors + (validation ? validation->errors : 0); }
  std::uint64_t warnings() const {
    return training.warnings + (validation ? validation->warnings : 0);
  }
  bool good() const { return errors() == 0; }
};

/// Checks the file at `path`, line by line; memory grows by 18 to 37 bytes a line, whatever its
/// length. Throws usage_error when a file cannot be read.
dataset_report check_dataset(const std::string& path, const check_options& options);

/// For people: findings as compilers print them, one a line, then what the files hold.
std::string to_text(const dataset_report& report, bool with_unicode = true);

/// For programs: one object, on several lines.
std::string to_json(const dataset_report& report);

/// The last days on which the service accepts new jobs: "2027-01-06" and what it means, for
/// messages. Empty once nothing is closed any more.
std::vector<std::string> closing_notices(std::string_view today);

}  // namespace batchmill::fine_tuning
