#include "runner/progress/remote_text.hpp"

#include <fmt/format.h>

#include <vector>

#include "runner/progress/details.hpp"
#include "runner/progress/humanize.hpp"
#include "runner/progress/table.hpp"
#include "runner/progress/text.hpp"

namespace batchmill {
namespace {

/// The end of its window concerns a batch only while it runs.
std::string window_end(const remote_batch& batch, unix_seconds now) {
  return is_final(batch.status) ? "-" : until(batch.expires_at, now);
}

std::string requests_of(const batch_counts& counts) {
  return fmt::format("{}, {} completed, {} failed", with_separators(counts.total),
                     with_separators(counts.completed), with_separators(counts.failed));
}

std::string problem_text(const batch_problem& problem) {
  std::string text = problem.line ? fmt::format("line {}: ", with_separators(*problem.line)) : "";
  text += problem.message.empty() ? problem.code : problem.message;
  if (!problem.message.empty() && !problem.code.empty()) text += fmt::format(" ({})", problem.code);
  return text;
}

void add_times(detail_lines& lines, const remote_batch& batch, unix_seconds now) {
  lines.add_time("created", batch.created_at, now);
  lines.add_time("started", batch.in_progress_at, now);
  lines.add_time("finalizing", batch.finalizing_at, now);
  lines.add_time("completed", batch.completed_at, now);
  lines.add_time("failed", batch.failed_at, now);
  lines.add_time("expired", batch.expired_at, now);
  lines.add_time("cancelling", batch.cancelling_at, now);
  lines.add_time("cancelled", batch.cancelled_at, now);
  if (!is_final(batch.status)) lines.add_time("expires", batch.expires_at, now);
}

json_object json_of(const batch_problem& problem) {
  json_object object;
  object.text("code", problem.code).text("message", problem.message);
  object.text_or_null("param", problem.param);
  if (problem.line) {
    object.count("line", *problem.line);
  } else {
    object.null("line");
  }
  return object;
}

json_object json_of(const token_usage& usage) {
  json_object object;
  object.integer("input_tokens", usage.prompt).integer("cached_tokens", usage.cached);
  object.integer("output_tokens", usage.completion).integer("reasoning_tokens", usage.reasoning);
  return object.integer("total_tokens", usage.total);
}

json_object counts_json(const batch_counts& counts) {
  json_object object;
  object.count("total", counts.total).count("completed", counts.completed);
  return object.count("failed", counts.failed);
}

const char* lead_of(failure_kind kind) {
  switch (kind) {
    case failure_kind::passing:
      return "the API could not be reached for long enough";
    case failure_kind::refused:
      return "the API refuses this";
    case failure_kind::denied:
      return "the API grants no access";
    case failure_kind::unknown_outcome:
      return "nobody knows whether the API has done this; look for it before you try again";
    case failure_kind::gone:
      return "the API has no such thing";
    case failure_kind::stopped:
      return "stopped";
  }
  return "failed";
}

}  // namespace

std::string table_of(std::span<const remote_batch> batches, unix_seconds now) {
  using enum text_table::side;
  text_table table({{"ID", left},
                    {"STATE", left},
                    {"REQUESTS", right},
                    {"COMPLETED", right},
                    {"FAILED", right},
                    {"AGE", right},
                    {"EXPIRES", right},
                    {"ENDPOINT", left},
                    {"MODEL", left}});
  for (const remote_batch& b : batches) {
    table.add({b.id, b.status_text, with_separators(b.counts.total),
               with_separators(b.counts.completed), with_separators(b.counts.failed),
               age(b.created_at, now), window_end(b, now), b.endpoint, or_dash(b.model)});
  }
  return table.text();
}

std::string table_of(std::span<const remote_file> files, unix_seconds now) {
  using enum text_table::side;
  text_table table({{"ID", left},
                    {"PURPOSE", left},
                    {"BYTES", right},
                    {"AGE", right},
                    {"EXPIRES", right},
                    {"NAME", left}});
  for (const remote_file& f : files) {
    table.add({f.id, or_dash(f.purpose), with_separators(f.bytes), age(f.created_at, now),
               until(f.expires_at, now), f.filename});
  }
  return table.text();
}

std::string details_of(const remote_batch& batch, unix_seconds now) {
  detail_lines lines;
  lines.add("id", batch.id);
  lines.add("state", batch.status_text);
  lines.add("endpoint", batch.endpoint);
  lines.add("model", batch.model);
  lines.add("requests", requests_of(batch.counts));
  lines.add("input", batch.input_file_id);
  lines.add("output", batch.output_file_id);
  lines.add("errors", batch.error_file_id);
  add_times(lines, batch, now);
  if (batch.usage) {
    lines.add("tokens", with_separators(static_cast<std::uint64_t>(batch.usage->total)));
  }
  for (const auto& [key, value] : batch.metadata) lines.add("metadata", key + " = " + value);
  for (const batch_problem& problem : batch.problems) lines.add("problem", problem_text(problem));
  return std::move(lines).take();
}

json_object json_of(const remote_batch& batch) {
  json_object object;
  object.text("id", batch.id).text("status", batch.status_text).text("endpoint", batch.endpoint);
  object.text_or_null("model", batch.model).object("request_counts", counts_json(batch.counts));
  object.text_or_null("input_file_id", batch.input_file_id);
  object.text_or_null("output_file_id", batch.output_file_id);
  object.text_or_null("error_file_id", batch.error_file_id);
  add_time(object, "created_at", batch.created_at);
  add_time(object, "in_progress_at", batch.in_progress_at);
  add_time(object, "expires_at", batch.expires_at);
  add_time(object, "finalizing_at", batch.finalizing_at);
  add_time(object, "completed_at", batch.completed_at);
  add_time(object, "failed_at", batch.failed_at);
  add_time(object, "expired_at", batch.expired_at);
  add_time(object, "cancelling_at", batch.cancelling_at);
  add_time(object, "cancelled_at", batch.cancelled_at);
  std::vector<json_object> problems;
  for (const batch_problem& problem : batch.problems) problems.push_back(json_of(problem));
  object.list("errors", std::move(problems));
  json_object metadata;
  for (const auto& [key, value] : batch.metadata) metadata.text(key, value);
  object.object("metadata", std::move(metadata));
  if (batch.usage) object.object("usage", json_of(*batch.usage));
  return object;
}

json_object json_of(const remote_file& file) {
  json_object object;
  object.text("id", file.id).text("filename", file.filename).text("purpose", file.purpose);
  object.count("bytes", file.bytes);
  add_time(object, "created_at", file.created_at);
  add_time(object, "expires_at", file.expires_at);
  return object;
}

std::string reason_of(const remote_failure& failure) {
  const std::string status = failure.status == 0 ? "" : fmt::format(", HTTP {}", failure.status);
  return fmt::format("{} ({}{})", escape_controls(failure.message), escape_controls(failure.code),
                     status);
}

std::string sentence_of(const remote_failure& failure) {
  return fmt::format("{}: {}", lead_of(failure.kind), reason_of(failure));
}

}  // namespace batchmill
