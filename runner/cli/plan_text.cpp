#include "runner/cli/plan_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "batchmill/duration.hpp"
#include "batchmill/models.hpp"
#include "runner/flow/dollars.hpp"
#include "runner/progress/humanize.hpp"
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

/// `cost`: of the way that the run goes.
std::string budget_text(money budget, const cost_range& cost) {
  std::string text = show_dollars(budget);
  if (!cost.least) return text + ", which cannot be kept: not all prices are known";
  if (*cost.least > budget) return text + ", which does not suffice: the run will stop at it";
  if (!cost.most || *cost.most > budget) return text + ", which may not suffice";
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

void add_online_time(lines& out, const model_plan& m, const std::string& tier) {
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

void add_batch_time(lines& out, const model_plan& m) {
  std::string time = "up to " + long_time(*m.batch_time);
  if (m.queue_limit) {
    time += fmt::format(" with {} tokens in the queue of batches at a time",
                        count(std::llround(*m.queue_limit)));
  }
  out.add("time", time);
}

void add_model(lines& out, const model_plan& m, const std::string& tier) {
  std::string tokens = fmt::format("{}{} in", about(m.prompt_exact), count(m.prompt_tokens));
  if (!m.prompt_exact) tokens += " (estimated)";
  if (!m.most_output) tokens += ", output without a bound";
  if (m.most_output.value_or(0) > 0) tokens += fmt::format(", up to {} out", count(*m.most_output));
  if (m.expected_output)
    tokens += fmt::format(", about {} by the sample", count(*m.expected_output));
  out.add("tokens", tokens);
  out.add("online", range(m.online, m.prompt_exact));
  if (m.batch.least || m.batch_time) out.add("batch", range(m.batch, m.prompt_exact));
  if (m.batch_time) {
    add_batch_time(out, m);
  } else {
    add_online_time(out, m, tier);
  }
}

void add_way(lines& out, const plan_report& plan, const job_spec& spec) {
  if (spec.mode != run_mode::online) {
    const std::string way = plan.way.batch ? "batch" : "online";
    out.add("mode", plan.way.why.empty() ? way : way + ": " + plan.way.why);
  }
  if (!plan.way.time_given) return;
  const duration given = *plan.way.time_given;
  std::string words = "in " + long_time(given);
  const auto is_late = [&](const model_plan& m) {
    return (plan.way.batch ? m.batch_time : m.time).value_or(duration::zero()) > given;
  };
  const bool late = std::ranges::any_of(plan.models, is_late);
  if (late && !plan.way.batch) words += ", which the limits do not let it keep";
  if (late && plan.way.batch) {
    words += spec.batch.on_deadline == late_rows::online
                 ? "; rows that batches have not answered by then are asked online"
                 : ", which batches may not keep; batch.on_deadline: online asks the rest online";
  }
  out.add("deadline", words);
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

}  // namespace

cost_range total_of(const plan_report& plan, cost_range model_plan::*kind) {
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
  add_way(out, plan, spec);
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
  const cost_range online = total_of(plan, &model_plan::online);
  const cost_range batch = total_of(plan, &model_plan::batch);
  const bool exact = std::ranges::all_of(plan.models, &model_plan::prompt_exact);
  if (spec.limits.budget)
    out.add("budget", budget_text(*spec.limits.budget, plan.way.batch ? batch : online));
  std::string sum = fmt::format("\nPlan: {} requests, ", with_separators(plan.requests));
  const std::string by_one = "online " + range(online, exact);
  const std::string by_many = "in batches " + range(batch, exact);
  if (plan.way.batch) {
    sum += by_many + "; " + by_one;
  } else {
    sum += batch.least ? by_one + "; " + by_many : by_one;
  }
  out.plain(sum + ".");
  return out.take();
}

}  // namespace batchmill::cli
