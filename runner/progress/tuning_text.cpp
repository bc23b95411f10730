#include "runner/progress/tuning_text.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>
#include <vector>

#include "runner/flow/dollars.hpp"
#include "runner/progress/details.hpp"
#include "runner/progress/table.hpp"

namespace batchmill {
namespace {

std::string number_or_dash(const std::optional<double>& value) {
  return value ? fmt::format("{:.4f}", *value) : "-";
}

std::string tokens_of(const remote_tuning_job& job) {
  if (!job.trained_tokens) return "";
  return with_separators(static_cast<std::uint64_t>(*job.trained_tokens));
}

std::string problem_text(const tuning_problem& problem) {
  std::string text = problem.message.empty() ? problem.code : problem.message;
  if (!problem.message.empty() && !problem.code.empty()) text += fmt::format(" ({})", problem.code);
  return text;
}

std::optional<double> validation_loss(const tuning_metrics& m) {
  return m.full_valid_loss ? m.full_valid_loss : m.valid_loss;
}

std::optional<double> validation_accuracy(const tuning_metrics& m) {
  return m.full_valid_accuracy ? m.full_valid_accuracy : m.valid_accuracy;
}

void number(json_object& object, std::string_view key, const std::optional<double>& value) {
  if (value) object.number(key, *value);
}

json_object json_of(const tuning_metrics& m) {
  json_object object;
  object.integer("step", m.step);
  if (m.total_steps > 0) object.integer("total_steps", m.total_steps);
  number(object, "train_loss", m.train_loss);
  number(object, "train_mean_token_accuracy", m.train_accuracy);
  number(object, "valid_loss", m.valid_loss);
  number(object, "valid_mean_token_accuracy", m.valid_accuracy);
  number(object, "full_valid_loss", m.full_valid_loss);
  number(object, "full_valid_mean_token_accuracy", m.full_valid_accuracy);
  return object;
}

json_object json_of(const tuning_problem& problem) {
  json_object object;
  object.text("code", problem.code).text("message", problem.message);
  return object.text_or_null("param", problem.param);
}

}  // namespace

std::string table_of(std::span<const remote_tuning_job> jobs, unix_seconds now) {
  using enum text_table::side;
  text_table table({{"ID", left},
                    {"STATE", left},
                    {"AGE", right},
                    {"TRAINED TOKENS", right},
                    {"BASE", left},
                    {"MODEL", left}});
  for (const remote_tuning_job& job : jobs) {
    table.add({job.id, job.status_text, age(job.created_at, now), or_dash(tokens_of(job)),
               job.model, or_dash(job.tuned_model)});
  }
  return table.text();
}

std::string table_of(std::span<const remote_checkpoint> checkpoints, unix_seconds now) {
  using enum text_table::side;
  text_table table({{"STEP", right},
                    {"LOSS", right},
                    {"VALIDATION LOSS", right},
                    {"ACCURACY", right},
                    {"VALIDATION ACCURACY", right},
                    {"AGE", right},
                    {"MODEL", left}});
  for (const remote_checkpoint& c : checkpoints) {
    const tuning_metrics& m = c.metrics;
    table.add({with_separators(static_cast<std::uint64_t>(m.step)), number_or_dash(m.train_loss),
               number_or_dash(validation_loss(m)), number_or_dash(m.train_accuracy),
               number_or_dash(validation_accuracy(m)), age(c.created_at, now), c.model});
  }
  return table.text();
}

std::string details_of(const remote_tuning_job& job, unix_seconds now) {
  detail_lines lines;
  lines.add("id", job.id);
  lines.add("state", job.status_text);
  lines.add("base", job.model);
  lines.add("model", job.tuned_model);
  lines.add("method", job.method);
  for (const auto& [key, value] : job.hyperparameters) lines.add("parameter", key + " = " + value);
  lines.add("suffix", job.suffix);
  if (job.seed) lines.add("seed", std::to_string(*job.seed));
  lines.add("training", job.training_file);
  lines.add("validation", job.validation_file);
  for (const std::string& file : job.result_files) lines.add("results", file);
  lines.add("tokens", tokens_of(job));
  lines.add_time("created", job.created_at, now);
  lines.add_time("finished", job.finished_at, now);
  if (!is_final(job.status)) lines.add_time("expected", job.estimated_finish, now);
  for (const auto& [key, value] : job.metadata) lines.add("metadata", key + " = " + value);
  if (job.problem) lines.add("problem", problem_text(*job.problem));
  return std::move(lines).take();
}

json_object json_of(const remote_tuning_job& job) {
  json_object object;
  object.text("id", job.id).text("status", job.status_text).text("model", job.model);
  object.text_or_null("fine_tuned_model", job.tuned_model);
  object.text("training_file", job.training_file);
  object.text_or_null("validation_file", job.validation_file)
      .texts("result_files", job.result_files);
  object.text_or_null("method", job.method);
  json_object parameters;
  for (const auto& [key, value] : job.hyperparameters) parameters.text(key, value);
  object.object("hyperparameters", std::move(parameters));
  object.text_or_null("suffix", job.suffix);
  if (job.seed) object.integer("seed", *job.seed);
  add_time(object, "created_at", job.created_at);
  add_time(object, "finished_at", job.finished_at);
  add_time(object, "estimated_finish", job.estimated_finish);
  if (job.trained_tokens) {
    object.integer("trained_tokens", *job.trained_tokens);
  } else {
    object.null("trained_tokens");
  }
  if (job.problem) object.object("error", json_of(*job.problem));
  json_object metadata;
  for (const auto& [key, value] : job.metadata) metadata.text(key, value);
  return object.object("metadata", std::move(metadata));
}

json_object json_of(const remote_tuning_event& event) {
  json_object object;
  object.text("id", event.id).text("level", event.level).text("message", event.message);
  add_time(object, "created_at", event.created_at);
  if (event.metrics) object.object("metrics", json_of(*event.metrics));
  return object;
}

json_object json_of(const remote_checkpoint& checkpoint) {
  json_object object;
  object.text("id", checkpoint.id).text("fine_tuned_model_checkpoint", checkpoint.model);
  object.integer("step_number", checkpoint.metrics.step);
  add_time(object, "created_at", checkpoint.created_at);
  return object.object("metrics", json_of(checkpoint.metrics));
}

std::string event_line(const remote_tuning_event& event) {
  const std::string level = event.level == "warn"    ? "warning: "
                            : event.level == "error" ? "error: "
                                                     : "";
  return fmt::format("{}  {}{}", utc_time(event.created_at), level, escape_controls(event.message));
}

std::string tuning_summary(const remote_tuning_job& job,
                           std::span<const remote_checkpoint> checkpoints,
                           std::optional<money> cost, const std::string& metrics_file) {
  detail_lines lines;
  lines.add("job", fmt::format("{} {}", job.id, job.status_text));
  lines.add("model", job.tuned_model);
  for (const remote_checkpoint& c : checkpoints) {
    const auto loss =
        validation_loss(c.metrics) ? validation_loss(c.metrics) : c.metrics.train_loss;
    lines.add("checkpoint",
              fmt::format("{}  step {}, loss {}", c.model, c.metrics.step, number_or_dash(loss)));
  }
  lines.add("tokens", tokens_of(job).empty() ? "" : tokens_of(job) + " trained");
  lines.add("cost", cost ? show_dollars(*cost) : "unknown");
  if (job.created_at != 0 && job.finished_at > job.created_at) {
    lines.add("took", rough_duration(std::chrono::seconds(job.finished_at - job.created_at)));
  }
  lines.add("metrics", metrics_file);
  if (job.problem) lines.add("problem", problem_text(*job.problem));
  return std::move(lines).take();
}

}  // namespace batchmill
