#include "runner/cli/plan_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "batchmill/duration.hpp"
#include "batchmill/models.hpp"
#include "runner/flow/dollars.hpp"
#include "runner/progress/humanize.hpp"
#include "runner/progress/json_text.hpp"
#include "runner/progress/text.hpp"

namespace batchmill::cli {
namespace {

std::string count(std::int64_t n) {
  return with_separators(static_cast<std::uint64_t>(std::max<std::int64_t>(0, n)));
}

const char* about(bool exact) {
  return exact ? "" : "about ";
}

/// `exact`: so is the number of input tokens, without which a bound is an estimate.
std::string range(const cost_range& c, bool exact) {
  if (!c.least) return "unknown";
  std::string text = show_dollars(*c.least);
  if (!c.most) text = "at least " + text;
  if (c.most && c.most != c.least) text += " to " + show_dollars(*c.most);
  text.insert(0, about(exact));
  if (c.expected) text += fmt::format(", {} expected by the sample", show_dollars(*c.expected));
  return text;
}

std::string long_time(duration d) {
  const auto hours = std::chrono::round<std::chrono::hours>(d).count();
  return hours < 48 ? coarse_duration(d) : fmt::format("{} days", (hours + 12) / 24);
}

/// Both bounds of all models; what is not known of one is not known of the sum.
cost_range total(const plan_report& plan, cost_range model_plan::*kind) {
  cost_range sum;
  for (const auto part : {&cost_range::least, &cost_range::most, &cost_range::expected}) {
    sum.*part = money();
    for (const model_plan& m : plan.models) {
      if ((m.*kind).*part && sum.*part) {
        *(sum.*part) += *((m.*kind).*part);
      } else {
        (sum.*part).reset();
      }
    }
  }
  return sum;
}

std::string budget_text(money budget, const cost_range& online) {
  std::string text = show_dollars(budget);
  if (!online.least) return text + ", which cannot be kept: not all prices are known";
  if (*online.least > budget) return text + ", which does not suffice: the run will stop at it";
  if (!online.most || *online.most > budget) return text + ", which may not suffice";
  return text + ", which suffices unless attempts are lost";
}

class lines {
 public:
  void add(std::string_view label, const std::string& words) {
    text_ += fmt::format("  {:<10}{}\n", label, words);
  }
  void plain(const std::string& words) { text_ += words + "\n"; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void add_model(lines& out, const model_plan& m, const std::string& tier) {
  std::string tokens = fmt::format("{}{} in", about(m.prompt_exact), count(m.prompt_tokens));
  if (!m.prompt_exact) tokens += " (estimated)";
  if (!m.most_output) tokens += ", output without a bound";
  if (m.most_output.value_or(0) > 0) tokens += fmt::format(", up to {} out", count(*m.most_output));
  if (m.expected_output)
    tokens += fmt::format(", about {} by the sample", count(*m.expected_output));
  out.add("tokens", tokens);
  out.add("online", range(m.online, m.prompt_exact));
  if (m.batch.least) out.add("batch", range(m.batch, m.prompt_exact));
  if (!m.time) {
    out.add("time", "unknown: --tier N takes the limits of a usage tier, if they are known");
    return;
  }
  std::string limits;
  const auto limit = [&](std::optional<double> n, const char* what) {
    if (!n) return;
    limits += fmt::format("{}{} {}", limits.empty() ? "" : ", ",
                          with_separators(static_cast<std::uint64_t>(*n)), what);
  };
  limit(m.requests_limit, "requests/min");
  limit(m.requests_a_day, "requests/day");
  limit(m.tokens_limit, "tokens/min");
  std::string source = tier;
  std::ranges::replace(source, '_', ' ');
  out.add("time", fmt::format("{} or more at {}{}", long_time(*m.time),
                              source.empty() ? "" : source + ": ", limits));
}

void add_failures(lines& out, const plan_report& plan) {
  if (plan.faulty == 0) return;
  std::string_view label = "failures";
  for (const auto& [code, rows] : plan.failures) {
    out.add(std::exchange(label, ""), with_separators(rows) + "  " + code);
  }
  for (const std::string& message : plan.first_failures) out.add("", escape_controls(message));
  if (plan.faulty > plan.first_failures.size()) {
    out.add("", fmt::format("and {} more; batchmill check shows them all",
                            with_separators(plan.faulty - plan.first_failures.size())));
  }
}

void add_sample(lines& out, const sample_result& sample) {
  const run_summary& run = sample.run;
  const std::uint64_t rows = run.rows_ok + run.rows_failed;
  out.add("sample", fmt::format("{} rows, {} failed ({:.1f} %)   latency p50 {}, p95 {}   cost {}",
                                rows, run.rows_failed, 100 * sample.failed,
                                format_duration(run.latency_p50), format_duration(run.latency_p95),
                                run.cost.known ? show_dollars(run.cost.spent) : "unknown"));
}

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

json_object plan_model_fields(const model_plan& m) {
  json_object fields;
  fields.text_or_null("model", m.model).count("requests", m.requests);
  fields.integer("prompt_tokens", m.prompt_tokens).flag("prompt_exact", m.prompt_exact);
  optional_count(fields, "most_output_tokens", m.most_output);
  optional_count(fields, "expected_output_tokens", m.expected_output);
  fields.object("online", range_fields(m.online)).object("batch", range_fields(m.batch));
  if (m.time) {
    fields.seconds("seconds", *m.time);
  } else {
    fields.null("seconds");
  }
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

std::string plan_text(const plan_report& plan, const job_spec& spec, const std::string& tier) {
  lines out;
  out.plain(escape_controls(spec.name) + "  " + spec.endpoint + "\n");
  std::string rows = with_separators(plan.rows);
  if (plan.faulty > 0) rows += ", of which " + with_separators(plan.faulty) + " cannot be sent";
  out.add("rows", rows);
  std::string requests = with_separators(plan.requests);
  if (plan.shared > 0)
    requests += "   " + with_separators(plan.shared) + " rows share an equal row's answer";
  out.add("requests", requests);
  for (const model_plan& m : plan.models) {
    out.plain("\n  " + (m.model.empty() ? std::string("no model") : escape_controls(m.model)) +
              (plan.models.size() > 1 ? "  " + with_separators(m.requests) + " requests" : ""));
    add_model(out, m, tier);
  }
  out.plain("");
  std::string_view label = "longest";
  for (const long_prompt& p : plan.longest) {
    out.add(std::exchange(label, ""),
            fmt::format("{}{} tokens  {}  {}", about(p.exact), count(p.tokens),
                        escape_controls(p.place), p.custom_id));
  }
  add_failures(out, plan);
  if (plan.sample) add_sample(out, *plan.sample);
  if (const auto kept = retention_of(spec.endpoint)) {
    out.add("data", fmt::format("kept {} at OpenAI; zero retention: {}", kept->kept, kept->zero));
  }
  const cost_range online = total(plan, &model_plan::online);
  const cost_range batch = total(plan, &model_plan::batch);
  const bool exact = std::ranges::all_of(plan.models, &model_plan::prompt_exact);
  if (spec.limits.budget) out.add("budget", budget_text(*spec.limits.budget, online));
  std::string sum = fmt::format("\nPlan: {} requests, online {}", with_separators(plan.requests),
                                range(online, exact));
  if (batch.least) sum += fmt::format("; in batches {}", range(batch, exact));
  out.plain(sum + ".");
  return out.take();
}

std::string plan_json(const plan_report& plan, const job_spec& spec) {
  json_object all;
  all.text("name", spec.name).text("endpoint", spec.endpoint);
  all.count("rows", plan.rows).count("bytes", plan.bytes).count("faulty", plan.faulty);
  all.count("shared", plan.shared).count("requests", plan.requests);
  std::vector<json_object> models;
  for (const model_plan& m : plan.models) models.push_back(plan_model_fields(m));
  all.list("models", std::move(models));
  all.object("online", range_fields(total(plan, &model_plan::online)));
  all.object("batch", range_fields(total(plan, &model_plan::batch)));
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
