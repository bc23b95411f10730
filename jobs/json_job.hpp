// What all jobs have in common whose answers are JSON and whose rows have a request each.
#pragma once

#include <string>

#include "batchmill/job.hpp"
#include "jobs/answer.hpp"
#include "jobs/request_builder.hpp"

namespace batchmill::jobs {

class json_job : public row_job {
 public:
  json_job(const job_spec& spec, row_format format, endpoint_traits traits);

  boost::system::result<prepared_request, row_failure> prepare(const row& r) const override;
  boost::system::result<prepared_request, row_failure> prepare_roughly(const row& r) const override;
  reading read(http_response response) const override;

 protected:
  /// `body` is minified JSON that came with success for its status.
  virtual reading read_success(int status, std::string body) const = 0;

  const failure_judge& judge() const { return judge_; }
  bool wants_text() const { return wants_text_; }

 private:
  request_builder builder_;
  failure_judge judge_;
  bool wants_text_;
};

}  // namespace batchmill::jobs
