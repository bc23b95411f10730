// From a row to a request that can be sent. The same for every endpoint, up to its traits.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/system/result.hpp>

#include "batchmill/job.hpp"
#include "jobs/body.hpp"
#include "jobs/endpoint_traits.hpp"
#include "jobs/models/context_check.hpp"
#include "jobs/row_format.hpp"
#include "jobs/tokens/request_tokens.hpp"

namespace batchmill::jobs {

/// How well are the tokens of a prompt to be known?
enum class token_care {
  exact,  // as the API will count them, wherever the encoding is known
  rough,  // short prompts are estimated
};

class request_builder {
 public:
  /// Throws usage_error when the spec cannot work.
  request_builder(const job_spec& spec, row_format format, endpoint_traits traits);

  boost::system::result<prepared_request, row_failure> prepare(
      const row& r, token_care care = token_care::exact) const;

 private:
  tokens::counted_prompt tokens_of(const std::string& body, const std::string& model,
                                   token_care care) const;
  std::optional<row_problem> check(const body_facts& facts) const;

  std::unique_ptr<row_reader> reader_;
  body_completion completion_;
  endpoint_traits traits_;
  tokens::prompt_shape shape_;
  std::string target_;
  bool names_deployment_;  // the target depends on the model
  request_method method_;
  std::string spec_name_;
  bool bounds_prompt_;  // the job has a budget
  context_check context_;
};

}  // namespace batchmill::jobs
