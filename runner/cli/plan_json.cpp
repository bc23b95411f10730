// A plan as JSON.
#include <utility>
#include <vector>

#include "runner/cli/plan_text.hpp"
#include "runner/progress/json_text.hpp"

namespace batchmill::cli {
namespace {

json_object range_fields(const cost_range& c) {
  json_object fields;
  for (const auto& [key, value] : {std::pair("least_usd", c.least), std::pair("most_usd", c.most),
                                   std::pair("expected_usd", c.expected)}) {
    if (value) {
      fields.dollars(key, *value);
    } else {
      fields.null(key);
    }
  }
  return fields;
}

void optional_count(json_object& to, std::string_view key, std::optional<std::int64_t> n) {
  if (n) {
    to.integer(key, *n);
  } else {
    to.null(key);
  }
}

void optional_seconds(json_object& to, std::string_view key, std::optional<duration> time) {
  if (time) {
    to.seconds(key, *time);
  } else {
    to.null(key);
  }
}

json_object plan_model_fields(const model_plan& m) {
  json_object fields;
  fields.text_or_null("model", m.model).count("requests", m.requests);
  fields.integer("prompt_tokens", m.prompt_tokens).flag("prompt_exact", m.prompt_exact);
  optional_count(fields, "most_output_tokens", m.most_output);
  optional_count(fields, "expected_output_tokens", m.expected_output);
  fields.object("online", range_fields(m.online)).object("batch", range_fields(m.batch));
  optional_seconds(fields, "seconds", m.time);
  optional_seconds(fields, "batch_seconds", m.batch_time);
  return fields;
}

json_object sample_fields(const sample_result& s) {
  json_object fields;
  fields.count("rows", s.run.rows_ok + s.run.rows_failed).number("failed", s.failed);
  fields.seconds("latency_p50_seconds", s.run.latency_p50);
  fields.seconds("latency_p95_seconds", s.run.latency_p95);
  fields.integer("prompt_tokens", s.run.tokens.prompt);
  fields.integer("completion_tokens", s.run.tokens.completion);
  if (s.run.cost.known) {
    fields.dollars("usd", s.run.cost.spent);
  } else {
    fields.null("usd");
  }
  return fields;
}

}  // namespace

std::string plan_json(const plan_report& plan, const job_spec& spec) {
  json_object all;
  all.text("name", spec.name).text("endpoint", spec.endpoint);
  all.text("mode", plan.way.batch ? "batch" : "online").text_or_null("mode_reason", plan.way.why);
  optional_seconds(all, "time_given_seconds", plan.way.time_given);
  all.count("rows", plan.rows).count("bytes", plan.bytes).count("faulty", plan.faulty);
  all.count("shared", plan.shared).count("requests", plan.requests);
  std::vector<json_object> models;
  for (const model_plan& m : plan.models) models.push_back(plan_model_fields(m));
  all.list("models", std::move(models));
  all.object("online", range_fields(total_of(plan, &model_plan::online)));
  all.object("batch", range_fields(total_of(plan, &model_plan::batch)));
  std::vector<json_object> longest;
  for (const long_prompt& p : plan.longest) {
    json_object one;
    one.text("place", p.place).integer("tokens", p.tokens).flag("exact", p.exact);
    longest.push_back(std::move(one));
  }
  all.list("longest", std::move(longest));
  json_object failures;
  for (const auto& [code, rows] : plan.failures) failures.count(code, rows);
  all.object("failures", std::move(failures)).texts("first_failures", plan.first_failures);
  if (plan.sample) {
    all.object("sample", sample_fields(*plan.sample));
  } else {
    all.null("sample");
  }
  return all.pretty() + "\n";
}

}  // namespace batchmill::cli
