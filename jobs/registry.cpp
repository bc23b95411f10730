// The list of jobs: which endpoint is served by which.
#include "batchmill/job.hpp"
#include "jobs/chat.hpp"
#include "jobs/completions.hpp"
#include "jobs/embeddings.hpp"
#include "jobs/endpoint.hpp"
#include "jobs/expectation.hpp"
#include "jobs/images.hpp"
#include "jobs/moderations.hpp"
#include "jobs/packing/own_keys.hpp"
#include "jobs/plain.hpp"
#include "jobs/responses.hpp"
#include "jobs/transcriptions.hpp"

namespace batchmill {

std::unique_ptr<row_job> make_job(const job_spec& spec, row_format format) {
  const std::string_view endpoint = jobs::short_endpoint(spec.endpoint);
  const auto is = [&](std::string_view path) { return endpoint.ends_with(path); };
  jobs::refuse_foreign_keys(spec);
  if (is("/chat/completions")) return jobs::make_chat(spec, format);
  if (is("/responses")) return jobs::make_responses(spec, format);
  jobs::refuse_expectation(spec);
  if (is("/embeddings")) return jobs::make_embeddings(spec, format);
  if (is("/moderations")) return jobs::make_moderations(spec, format);
  if (is("/completions")) return jobs::make_completions(spec, format);
  if (is("/images/generations") || is("/images/edits") || is("/images/variations")) {
    return jobs::make_images(spec, format);
  }
  if (is("/audio/transcriptions") || is("/audio/translations")) {
    return jobs::make_transcriptions(spec, format);
  }
  jobs::endpoint_traits traits;
  if (is("/audio/speech")) traits = {.needs_model = true, .answers_file = true};
  return jobs::make_plain(spec, format, traits);
}

}  // namespace batchmill
