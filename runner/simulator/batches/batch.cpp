#include "runner/simulator/batches/batch.hpp"

#include "runner/simulator/files/file_store.hpp"

namespace batchmill::simulator_detail {

namespace {

void write_text(json_writer& json, std::string_view name, std::string_view value) {
  json.key(name);
  if (value.empty())
    json.null();
  else
    json.text(value);
}

void write_errors(json_writer& json, const std::vector<batch_error>& errors) {
  json.key("errors");
  if (errors.empty()) {
    json.null();
    return;
  }
  json.open_object().key("object").text("list").key("data").open_array();
  for (const auto& error : errors) {
    json.open_object().key("code").text(error.code).key("message").text(error.message);
    json.key("param").null().key("line");
    error.line == 0 ? json.null() : json.integer(error.line);
    json.close_object();
  }
  json.close_array().close_object();
}

void write_moments(json_writer& json, const batch_moments& at) {
  write_moment(json, "created_at", at.created);
  write_moment(json, "in_progress_at", at.in_progress);
  write_moment(json, "expires_at", at.expires);
  write_moment(json, "finalizing_at", at.finalizing);
  write_moment(json, "completed_at", at.completed);
  write_moment(json, "failed_at", at.failed);
  write_moment(json, "expired_at", at.expired);
  write_moment(json, "cancelling_at", at.cancelling);
  write_moment(json, "cancelled_at", at.cancelled);
}

void write_usage(json_writer& json, const token_usage& usage) {
  json.key("usage").open_object().key("input_tokens").integer(usage.prompt);
  json.key("input_tokens_details").open_object();
  json.key("cached_tokens").integer(usage.cached).close_object();
  json.key("output_tokens").integer(usage.completion);
  json.key("output_tokens_details").open_object();
  json.key("reasoning_tokens").integer(usage.reasoning).close_object();
  json.key("total_tokens").integer(usage.prompt + usage.completion).close_object();
}

void write_counts(json_writer& json, const batch_facts& batch) {
  json.key("request_counts").open_object();
  json.key("total").integer(static_cast<std::int64_t>(batch.total));
  json.key("completed").integer(static_cast<std::int64_t>(batch.completed));
  json.key("failed").integer(static_cast<std::int64_t>(batch.failed)).close_object();
}

}  // namespace

std::string_view name_of(batch_status status) {
  constexpr std::string_view names[] = {"validating", "in_progress", "finalizing", "cancelling",
                                        "failed",     "completed",   "expired",    "cancelled"};
  return names[static_cast<std::size_t>(status)];
}

void write_metadata(json_writer& json, const batch_facts& batch) {
  json.key("metadata");
  if (batch.metadata.empty()) {
    json.null();
    return;
  }
  json.open_object();
  for (const auto& [name, value] : batch.metadata) json.key(name).text(value);
  json.close_object();
}

void write_batch(json_writer& json, const batch_facts& batch) {
  json.open_object().key("id").text(batch.id).key("object").text("batch");
  json.key("endpoint").text(batch.endpoint);
  write_text(json, "model", batch.model);
  write_errors(json, batch.errors);
  json.key("input_file_id").text(batch.input_file_id).key("completion_window").text("24h");
  json.key("status").text(name_of(batch.status));
  write_text(json, "output_file_id", batch.output_file_id);
  write_text(json, "error_file_id", batch.error_file_id);
  write_moments(json, batch.at);
  write_counts(json, batch);
  write_usage(json, batch.usage);
  write_metadata(json, batch);
  json.close_object();
}

}  // namespace batchmill::simulator_detail
