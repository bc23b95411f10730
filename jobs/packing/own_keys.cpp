#include "jobs/packing/own_keys.hpp"

#include <string>
#include <string_view>

#include "batchmill/error.hpp"
#include "jobs/endpoint.hpp"

namespace batchmill::jobs {
namespace {

[[noreturn]] void refuse(const job_spec& spec, const std::string& key,
                         const std::string& only_for) {
  throw usage_error(spec.where(key) + ": `" + key + "` is for " + only_for +
                    ", but the endpoint is '" + spec.endpoint + "'; remove it");
}

void refuse_embedding_keys(const job_spec& spec) {
  const std::string embeddings = "/v1/embeddings";
  if (spec.dimensions) refuse(spec, "dimensions", embeddings);
  if (spec.normalize) refuse(spec, "normalize", embeddings);
  if (spec.too_long != long_text::fail) refuse(spec, "too_long", embeddings);
  const output_format format = spec.output.format;
  if (format == output_format::vectors) refuse(spec, "output.format", "embeddings when `vectors`");
  if (format == output_format::npy) refuse(spec, "output.format", "embeddings when `npy`");
}

}  // namespace

void refuse_foreign_keys(const job_spec& spec) {
  const std::string_view endpoint = short_endpoint(spec.endpoint);
  const bool embeds = endpoint.ends_with("/embeddings");
  const bool moderates = endpoint.ends_with("/moderations");
  if (!embeds) refuse_embedding_keys(spec);
  if (!moderates && !spec.thresholds.text.empty()) refuse(spec, "thresholds", "/v1/moderations");
  const bool completes =
      endpoint.ends_with("/completions") && !endpoint.ends_with("/chat/completions");
  if (embeds || moderates || completes) return;
  const std::string packing = "/v1/embeddings, /v1/moderations and /v1/completions";
  const pack_spec usual;
  if (spec.pack.rows != usual.rows) refuse(spec, "pack.rows", packing);
  if (spec.pack.tokens != usual.tokens) refuse(spec, "pack.tokens", packing);
}

}  // namespace batchmill::jobs
