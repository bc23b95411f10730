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

  /// A request of one row.
  void add(const prepared_request& p);
  void add_failure(const row_failure& why);
  void note_prompt(const row& r, const prepared_request& p);

  /// Puts what was added up into the report.
  void finish(plan_report& report) const;

 private:
  /// Requests that cost the same per token.
  struct priced_alike {
    float factor = 1;
    bool is_long = false;  // by model_info::long_prompts
    std::int64_t prompt = 0;
    std::int64_t output = 0;  // at most
  };

  struct book {
    std::optional<model_info> facts;
    model_plan sums;
    std::vector<priced_alike> parts;
  };

  struct request_facts {
    std::int64_t prompt = 0;
    std::int64_t output = 0;
    bool prompt_exact = true;
  };

  void add(const prepared_request& first, const request_facts& sizes);
  book& book_of(const std::string& model);
  static priced_alike& part_for(book& b, float factor, bool is_long);
  static cost_range cost(const book& b, billing how);

  const model_catalogue& models_;
  std::map<std::string, std::unique_ptr<book>, std::less<>> books_;
  book* last_ = nullptr;  // most rows ask the model that the row before asked
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
