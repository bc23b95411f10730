#include "jobs/json_job.hpp"

#include <utility>

namespace batchmill::jobs {

json_job::json_job(const job_spec& spec, row_format format, endpoint_traits traits)
    : builder_(spec, format, traits),
      judge_(spec, format),
      wants_text_(spec.output.format == output_format::text) {}

boost::system::result<prepared_request, row_failure> json_job::prepare(const row& r) const {
  return builder_.prepare(r);
}

boost::system::result<prepared_request, row_failure> json_job::prepare_roughly(const row& r) const {
  return builder_.prepare(r, token_care::rough);
}

reading json_job::read(http_response response) const {
  auto body = read_json_body(response, judge_);
  if (!body) return std::move(body).error();
  return read_success(response.status, std::move(*body));
}

}  // namespace batchmill::jobs
