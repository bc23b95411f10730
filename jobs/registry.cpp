// The list of jobs: which endpoint is served by which.
#include "batchmill/job.hpp"
#include "jobs/chat.hpp"
#include "jobs/endpoint.hpp"
#include "jobs/images.hpp"
#include "jobs/plain.hpp"
#include "jobs/transcriptions.hpp"

namespace batchmill {

std::unique_ptr<row_job> make_job(const job_spec& spec, row_format format) {
  using jobs::endpoint_traits;
  const std::string_view endpoint = jobs::short_endpoint(spec.endpoint);
  const auto is = [&](std::string_view path) { return endpoint.ends_with(path); };
  if (is("/chat/completions")) return jobs::make_chat(spec, format);
  if (is("/images/generations") || is("/images/edits") || is("/images/variations")) {
    return jobs::make_images(spec, format);
  }
  if (is("/audio/transcriptions") || is("/audio/translations")) {
    return jobs::make_transcriptions(spec, format);
  }
  endpoint_traits traits;
  if (is("/audio/speech")) traits = {.needs_model = true, .answers_file = true};
  if (is("/responses")) traits = {.needs_model = true, .output_guess = 512};
  if (is("/completions")) traits = {.needs_model = true, .output_guess = 16};  // the API's default
  if (is("/embeddings")) traits = {.needs_model = true, .output_guess = 0};
  return jobs::make_plain(spec, format, traits);
}

}  // namespace batchmill
