// The summary's JSON fields, shared by its file and the log line that ends a run.
#include "runner/progress/summary_fields.hpp"

#include <algorithm>

#include "runner/progress/cost_text.hpp"
#include "runner/progress/summary.hpp"

namespace batchmill {

namespace {

const char* name_of(run_end end) {
  switch (end) {
    case run_end::complete:
      return "complete";
    case run_end::some_failed:
      return "some_failed";
    case run_end::stopped:
      return "stopped";
    case run_end::interrupted:
      return "interrupted";
    case run_end::under_way:
      return "under_way";
  }
  return "unknown";
}

json_object row_fields(const run_summary& s) {
  json_object rows;
  rows.count("total", s.rows_total)
      .count("ok", s.rows_ok)
      .count("failed", s.rows_failed)
      .count("kept", s.rows_kept)
      .count("left", s.rows_left);
  return rows;
}

std::vector<json_object> failure_fields(const run_summary& s) {
  std::vector<json_object> list;
  for (const auto& [reason, rows] : by_frequency(s.failures)) {
    json_object entry;
    entry.text("reason", reason).count("rows", rows);
    list.push_back(std::move(entry));
  }
  return list;
}

std::vector<json_object> category_fields(const run_summary& s) {
  std::vector<json_object> list;
  for (const auto& [category, rows] : by_frequency(s.labels)) {
    json_object entry;
    entry.text("category", category).count("rows", rows);
    list.push_back(std::move(entry));
  }
  return list;
}

/// Requests in batches are not timed.
json_object latency_fields(const run_summary& s) {
  json_object latency;
  const bool timed = s.latency_max > duration::zero();
  for (const auto& [name, value] :
       {std::pair("p50", s.latency_p50), std::pair("p95", s.latency_p95),
        std::pair("p99", s.latency_p99), std::pair("max", s.latency_max)}) {
    if (timed) latency.seconds(name, value);
    if (!timed) latency.null(name);
  }
  return latency;
}

}  // namespace

json_object token_fields(const token_usage& t) {
  json_object tokens;
  tokens.integer("prompt", t.prompt)
      .integer("completion", t.completion)
      .integer("total", t.total)
      .integer("cached", t.cached)
      .integer("reasoning", t.reasoning);
  return tokens;
}

std::vector<std::pair<std::string, std::uint64_t>> by_frequency(
    const std::map<std::string, std::uint64_t>& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return sorted;
}

std::vector<json_object> limit_fields(const run_summary& s) {
  std::vector<json_object> list;
  for (const limit_summary& limit : s.limits) {
    json_object one;
    one.text("model", limit.model)
        .text("what", to_string(limit.what))
        .number("per_minute", limit.per_minute)
        .number("used", limit.used);
    list.push_back(std::move(one));
  }
  return list;
}

void add_summary(json_object& to, const run_summary& s) {
  to.text_or_null("name", s.name)
      .text_or_null("model", s.model)
      .text("end", name_of(s.end))
      .integer("exit_code", static_cast<int>(s.end))
      .text_or_null("stop_reason", s.stop_reason)
      .flag("simulated", s.simulated)
      .text_or_null("output", s.output)
      .text_or_null("failed_output", s.failed_output)
      .object("rows", row_fields(s))
      .list("failures", failure_fields(s))
      .count("attempts", s.attempts)
      .count("retries", s.retries)
      .count("rate_limited", s.rate_limited)
      .count("batches", s.batches)
      .count("shared", s.shared)
      .count("packed", s.packed)
      .count("bisected", s.bisected)
      .list("categories", category_fields(s))
      .object("tokens", token_fields(s.tokens))
      .object("cost", cost_fields(s.cost))
      .list("models", model_fields(s))
      .seconds("wall_seconds", s.wall)
      .number("rows_per_second", s.rows_per_second())
      .object("latency_seconds", latency_fields(s))
      .seconds("waited_for_limits_seconds", s.waited_for_limits)
      .list("limits", limit_fields(s));
}

std::string summary_json(const run_summary& s) {
  json_object summary;
  add_summary(summary, s);
  summary.text_or_null("requests_digest", s.requests_digest);
  return summary.pretty() + "\n";
}

}  // namespace batchmill
