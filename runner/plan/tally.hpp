// Adds up what a job's requests come to, model by model.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "batchmill/job.hpp"
#include "batchmill/models.hpp"
#include "batchmill/plan.hpp"
#include "runner/engine/shipment.hpp"

namespace batchmill {

class tally {
 public:
  /// `models` must outlive it.
  explicit tally(const model_catalogue& models) : models_(models) {}

  void add(const shipment& s);
  void add_failure(const row_failure& why);
  void note_prompt(const row& r, const prepared_request& p);

  /// Puts what was added up into the report.
  void finish(plan_report& report) const;

 private:
  struct book {
    std::optional<model_info> facts;
    model_plan sums;
    bool priced = true;
    bool priced_in_batches = true;
    money least, most, batch_least, batch_most;
  };

  book& book_of(const std::string& model);

  const model_catalogue& models_;
  std::map<std::string, std::unique_ptr<book>, std::less<>> books_;
  std::map<std::string, std::uint64_t> failures_;
  std::vector<std::string> first_failures_;
  std::vector<long_prompt> longest_;  // by tokens, the most first
};

/// The limits of the tier, or those of the spec, and how long the requests take at them.
void add_limits(const job_spec& spec, const model_catalogue& models, const std::string& tier,
                plan_report& report);

/// Replaces the expectations by what the sample showed.
void apply_sample(const sample_result& sample, const model_catalogue& models, plan_report& report);

}  // namespace batchmill
