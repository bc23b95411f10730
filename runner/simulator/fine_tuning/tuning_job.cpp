#include "runner/simulator/fine_tuning/tuning_job.hpp"

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

void write_error(json_writer& json, const std::optional<tuning_error>& error) {
  json.key("error");
  if (!error) {
    json.null();
    return;
  }
  json.open_object().key("code").text(error->code).key("message").text(error->message);
  write_text(json, "param", error->param);
  json.close_object();
}

void write_method(json_writer& json, const tuning_facts& job) {
  json.key("method").open_object().key("type").text(name_of(job.method));
  json.key(name_of(job.method)).open_object().key("hyperparameters");
  write_hyperparameters(json, job.parameters, job.method);
  if (!job.grader.empty()) json.key("grader").raw(job.grader);
  json.close_object().close_object();
}

void write_results(json_writer& json, const tuning_facts& job) {
  write_text(json, "fine_tuned_model", job.tuned_model);
  json.key("trained_tokens");
  job.trained_tokens ? json.integer(*job.trained_tokens) : json.null();
  json.key("result_files").open_array();
  if (!job.result_file.empty()) json.text(job.result_file);
  json.close_array();
  write_error(json, job.error);
}

void write_optional(json_writer& json, std::string_view name, const std::optional<double>& value) {
  if (value) json.key(name).real(*value);
}

void write_metrics(json_writer& json, const training_metrics& metrics) {
  json.key("step").integer(metrics.step).key("train_loss").real(metrics.train_loss);
  json.key("train_mean_token_accuracy").real(metrics.train_accuracy);
  write_optional(json, "valid_loss", metrics.valid_loss);
  write_optional(json, "valid_mean_token_accuracy", metrics.valid_accuracy);
  write_optional(json, "full_valid_loss", metrics.full_valid_loss);
  write_optional(json, "full_valid_mean_token_accuracy", metrics.full_valid_accuracy);
}

}  // namespace

std::string_view name_of(tuning_status status) {
  constexpr std::string_view names[] = {"validating_files", "queued", "running",  "paused",
                                        "succeeded",        "failed", "cancelled"};
  return names[static_cast<std::size_t>(status)];
}

void write_metadata(json_writer& json, const tuning_facts& job) {
  json.key("metadata");
  if (job.metadata.empty()) {
    json.null();
    return;
  }
  json.open_object();
  for (const auto& [name, value] : job.metadata) json.key(name).text(value);
  json.close_object();
}

void write_job(json_writer& json, const tuning_facts& job) {
  json.open_object().key("object").text("fine_tuning.job").key("id").text(job.id);
  json.key("model").text(job.model);
  write_moment(json, "created_at", job.created);
  write_moment(json, "finished_at", job.finished);
  json.key("organization_id").text("org-simulated");
  json.key("status").text(name_of(job.status));
  json.key("training_file").text(job.training_file);
  write_text(json, "validation_file", job.validation_file);
  json.key("hyperparameters");
  if (job.method == tuning_method::supervised)
    write_hyperparameters(json, job.parameters, job.method);
  else
    json.null();
  write_results(json, job);
  json.key("seed").integer(job.seed);
  write_moment(json, "estimated_finish", job.estimated_finish);
  json.key("integrations");
  job.integrations.empty() ? json.open_array().close_array() : json.raw(job.integrations);
  write_text(json, "user_provided_suffix", job.suffix);
  json.key("usage_metrics").null().key("shared_with_openai").boolean(false);
  write_method(json, job);
  write_metadata(json, job);
  json.close_object();
}

void write_event(json_writer& json, const tuning_event& event) {
  json.open_object().key("object").text("fine_tuning.job.event").key("id").text(event.id);
  write_moment(json, "created_at", event.created);
  json.key("level").text(event.level).key("message").text(event.message);
  json.key("type").text(event.metrics ? "metrics" : "message").key("data");
  if (event.metrics) {
    json.open_object();
    write_metrics(json, *event.metrics);
    json.key("total_steps").integer(event.total_steps).close_object();
  } else {
    json.null();
  }
  json.close_object();
}

void write_checkpoint(json_writer& json, const tuning_checkpoint& checkpoint) {
  json.open_object().key("object").text("fine_tuning.job.checkpoint");
  json.key("id").text(checkpoint.id);
  write_moment(json, "created_at", checkpoint.created);
  json.key("fine_tuned_model_checkpoint").text(checkpoint.model);
  json.key("step_number").integer(checkpoint.metrics.step).key("metrics").open_object();
  write_metrics(json, checkpoint.metrics);
  json.close_object().key("fine_tuning_job_id").text(checkpoint.job).close_object();
}

}  // namespace batchmill::simulator_detail
