// The list of jobs: which endpoint is served by which.
#include "batchmill/job.hpp"
#include "jobs/chat.hpp"
#include "jobs/embeddings.hpp"
#include "jobs/endpoint.hpp"
#include "jobs/moderations.hpp"
#include "jobs/packing/own_keys.hpp"
#include "jobs/plain.hpp"

namespace batchmill {

std::unique_ptr<row_job> make_job(const job_spec& spec, row_format format) {
  using jobs::endpoint_traits;
  const std::string_view endpoint = jobs::short_endpoint(spec.endpoint);
  const auto is = [&](std::string_view path) { return endpoint.ends_with(path); };
  jobs::refuse_foreign_keys(spec);
  if (is("/embeddings")) return jobs::make_embeddings(spec, format);
  if (is("/moderations")) return jobs::make_moderations(spec, format);
  if (is("/chat/completions")) return jobs::make_chat(spec, format);
  endpoint_traits traits;
  if (is("/responses")) traits = {.needs_model = true, .output_guess = 512};
  if (is("/completions")) traits = {.needs_model = true, .output_guess = 16};  // the API's default
  return jobs::make_plain(spec, format, traits);
}

}  // namespace batchmill
