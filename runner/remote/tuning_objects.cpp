#include "runner/remote/tuning_objects.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "runner/remote/object_fields.hpp"

namespace batchmill {
namespace {

struct status_name {
  const char* name;
  tuning_status status;
};

// The later names of a status are other servers' words for it.
constexpr std::array<status_name, 10> status_names = {{
    {"validating_files", tuning_status::validating_files},
    {"queued", tuning_status::queued},
    {"running", tuning_status::running},
    {"paused", tuning_status::paused},
    {"succeeded", tuning_status::succeeded},
    {"failed", tuning_status::failed},
    {"cancelled", tuning_status::cancelled},
    {"pending", tuning_status::queued},
    {"notRunning", tuning_status::queued},
    {"canceled", tuning_status::cancelled},
}};

tuning_status status_of(std::string_view name) {
  for (const status_name& known : status_names) {
    if (known.name == name) return known.status;
  }
  return tuning_status::unknown;
}

std::optional<double> number_of(std::string_view raw) {
  double value = 0;
  const char* end = raw.data() + raw.size();
  const auto [stop, error] = std::from_chars(raw.data(), end, value);
  if (raw.empty() || error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<std::int64_t> integer_in(const object_fields& f, std::string_view key) {
  return json::integer(f.raw(key));
}

/// The method's own when there is one, otherwise those that stood beside it in older days.
std::string_view hyperparameters_in(const object_fields& f, const std::string& method) {
  const object_fields own(object_fields(f.raw("method")).raw(method));
  const std::string_view values = own.raw("hyperparameters");
  return json::kind_of(values) == json::kind::object ? values : f.raw("hyperparameters");
}

std::vector<std::pair<std::string, std::string>> values_of(std::string_view object) {
  std::vector<std::pair<std::string, std::string>> values;
  json::for_each_member(object, [&](std::string_view key, std::string_view value) {
    const auto text = json::unquote(value);
    if (json::kind_of(value) == json::kind::null) return true;
    values.emplace_back(json::unquote(key).value_or(""), text ? *text : std::string(value));
    return true;
  });
  return values;
}

std::optional<tuning_problem> problem_of(const object_fields& f) {
  tuning_problem problem;
  problem.code = f.text("code");
  problem.message = f.text("message");
  problem.param = f.text("param");
  if (problem.code.empty() && problem.message.empty()) return std::nullopt;
  return problem;
}

std::vector<std::string> texts_of(std::string_view array) {
  std::vector<std::string> texts;
  json::for_each_element(array, [&](std::string_view element) {
    if (auto text = json::unquote(element)) texts.push_back(std::move(*text));
    return true;
  });
  return texts;
}

remote_tuning_job job_of(const object_fields& f) {
  remote_tuning_job job;
  job.id = f.text("id");
  job.status_text = f.text("status");
  job.status = status_of(job.status_text);
  job.model = f.text("model");
  job.tuned_model = f.text("fine_tuned_model");
  job.training_file = f.text("training_file");
  job.validation_file = f.text("validation_file");
  job.suffix = f.text("user_provided_suffix");
  if (job.suffix.empty()) job.suffix = f.text("suffix");
  job.method = object_fields(f.raw("method")).text("type");
  job.hyperparameters = values_of(hyperparameters_in(f, job.method));
  job.result_files = texts_of(f.raw("result_files"));
  job.created_at = f.integer("created_at");
  job.finished_at = f.integer("finished_at");
  job.estimated_finish = f.integer("estimated_finish");
  job.trained_tokens = integer_in(f, "trained_tokens");
  job.seed = integer_in(f, "seed");
  job.problem = problem_of(object_fields(f.raw("error")));
  job.metadata = pairs_of(f.raw("metadata"));
  return job;
}

std::optional<double> first_of(const object_fields& f, const char* name, const char* older) {
  const auto value = number_of(f.raw(name));
  return value ? value : number_of(f.raw(older));
}

tuning_metrics metrics_of(const object_fields& f) {
  tuning_metrics metrics;
  metrics.step = f.integer("step");
  metrics.total_steps = f.integer("total_steps");
  metrics.train_loss = number_of(f.raw("train_loss"));
  metrics.train_accuracy = first_of(f, "train_mean_token_accuracy", "train_accuracy");
  metrics.valid_loss = number_of(f.raw("valid_loss"));
  metrics.valid_accuracy = number_of(f.raw("valid_mean_token_accuracy"));
  metrics.full_valid_loss = number_of(f.raw("full_valid_loss"));
  metrics.full_valid_accuracy = number_of(f.raw("full_valid_mean_token_accuracy"));
  return metrics;
}

remote_tuning_event event_of(const object_fields& f) {
  remote_tuning_event event;
  event.id = f.text("id");
  event.created_at = f.integer("created_at");
  event.level = f.text("level");
  event.message = f.text("message");
  const std::string_view data = f.raw("data");
  const bool measured = json::kind_of(data) == json::kind::object && f.text("type") == "metrics";
  if (measured) event.metrics = metrics_of(object_fields(data));
  return event;
}

remote_checkpoint checkpoint_of(const object_fields& f) {
  remote_checkpoint checkpoint;
  checkpoint.id = f.text("id");
  checkpoint.model = f.text("fine_tuned_model_checkpoint");
  checkpoint.created_at = f.integer("created_at");
  checkpoint.metrics = metrics_of(object_fields(f.raw("metrics")));
  checkpoint.metrics.step = f.integer("step_number");
  return checkpoint;
}

}  // namespace

const char* to_string(tuning_status status) {
  for (const status_name& known : status_names) {
    if (known.status == status) return known.name;
  }
  return "unknown";
}

bool is_final(tuning_status status) {
  return status == tuning_status::succeeded || status == tuning_status::failed ||
         status == tuning_status::cancelled;
}

std::string_view remote_tuning_job::tag(std::string_view key) const {
  for (const auto& [name, value] : metadata) {
    if (name == key) return value;
  }
  return {};
}

read_result<remote_tuning_job> read_tuning_job(std::string_view json) {
  const auto f = object_in(json);
  if (!f) return std::string("the answer is not a fine-tuning job");
  return job_of(*f);
}

read_result<remote_page<remote_tuning_job>> read_tuning_job_page(std::string_view json) {
  return page_in<remote_tuning_job>(json, job_of);
}

read_result<remote_page<remote_tuning_event>> read_tuning_event_page(std::string_view json) {
  return page_in<remote_tuning_event>(json, event_of);
}

read_result<remote_page<remote_checkpoint>> read_checkpoint_page(std::string_view json) {
  return page_in<remote_checkpoint>(json, checkpoint_of);
}

}  // namespace batchmill
