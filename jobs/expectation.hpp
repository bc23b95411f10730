// What a spec expects of answers, and whether one is that.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/job.hpp"
#include "jobs/schema_check.hpp"
#include "jobs/template.hpp"

namespace batchmill::jobs {

/// One thing that a model said, whatever the endpoint. Empty strings for what is absent.
struct utterance {
  utterance() = default;

  std::string text;     // UTF-8
  std::string refusal;  // why the model does not answer
  std::string cut;      // why it ended early: "length", "content_filter"
};

class expectation {
 public:
  /// Throws usage_error when the spec's schema is none.
  explicit expectation(const job_spec& spec);

  bool given() const { return given_; }

  /// How the answer differs from what is expected; all that was said counts.
  std::optional<row_problem> judge(const std::vector<utterance>& said) const;

  /// The same as what becomes of the answer: `r` is a success, or asked for again.
  void apply(const std::vector<utterance>& said, reading& r) const;

 private:
  std::optional<row_problem> judge(const utterance& said) const;
  std::optional<row_problem> judge_text(const std::string& text) const;

  bool given_;
  bool whole_;
  std::vector<std::string> labels_;
  std::optional<schema_check> schema_;
};

/// Throws usage_error when the spec expects something although the endpoint cannot be checked.
void refuse_expectation(const job_spec& spec);

}  // namespace batchmill::jobs
