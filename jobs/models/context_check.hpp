// Can the model take this request at all? A row that it cannot take fails here, unpaid.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "batchmill/job.hpp"
#include "batchmill/models.hpp"
#include "jobs/body.hpp"
#include "jobs/row_format.hpp"

namespace batchmill::jobs {

class context_check {
 public:
  explicit context_check(const job_spec& spec) : models_(model_catalogue::of(spec)) {}

  /// Only what is beyond doubt: a bound on the output that the model refuses, or an exactly counted
  /// prompt that leaves no room for it.
  std::optional<row_problem> judge(const prepared_request& prepared, const body_facts& facts) const;

 private:
  struct sizes {
    std::optional<std::int64_t> context;
    std::optional<std::int64_t> max_input;
    std::optional<std::int64_t> max_output;
  };

  const sizes& sizes_of(const std::string& model) const;

  model_catalogue models_;
  mutable std::map<std::string, sizes, std::less<>> seen_;
};

}  // namespace batchmill::jobs
