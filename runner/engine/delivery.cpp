#include "runner/engine/delivery.hpp"

#include <utility>

#include "batchmill/error.hpp"
#include "batchmill/json_text.hpp"
#include "runner/engine/ledger/output_reader.hpp"
#include "runner/engine/output_line.hpp"

namespace batchmill {
namespace {

finished_row to_finished_row(const row& r, std::uint64_t hash, outcome& result) {
  finished_row last;
  last.index = r.index;
  last.hash = hash;
  last.ok = result.ok;
  last.attempts = result.attempts;
  last.tokens = result.tokens;
  last.vector = std::move(result.vector);
  last.labels = std::move(result.labels);
  if (result.ok) return last;
  last.reason = failure_reason(result);
  last.failed_input = r.text;
  return last;
}

/// A success, as far as an output line tells.
outcome told_by(std::string_view line, const std::string& custom_id) {
  outcome result;
  result.ok = true;
  result.custom_id = custom_id;
  const std::string_view response = json::member(line, "response").value_or("");
  result.status = 200;
  result.body = json::member(response, "body").value_or("");
  result.text = json::member(line, "text").value_or("");
  result.usage = json::member(line, "usage").value_or("");
  return result;
}

}  // namespace

delivery::delivery(const scheduler_parts& parts, run_statistics& statistics)
    : parts_(parts), statistics_(statistics), failures_(parts.spec.stop) {}

std::optional<std::string> delivery::finish(const row& r, std::uint64_t hash, outcome&& result) {
  std::vector<std::string> files;
  try {
    files = save_artifacts(r, result);
  } catch (const run_error& why) {
    return why.what();  // the row stays open
  }
  result.input = shown_input(r);
  parts_.observer.row_finished(r, result);
  finished_row last = to_finished_row(r, hash, result);
  last.files = std::move(files);
  last.line = format_output_line(r.index, result, parts_.spec.output.format);
  statistics_.row_finished(last);
  parts_.output.put(std::move(last));
  return failures_.judge(statistics_.asked_failed(), statistics_.asked());
}

bool delivery::take_over(const row& r, const prepared_request& prepared, std::uint64_t hash) {
  if (parts_.kept == nullptr) return false;
  auto last = parts_.kept->take(hash);
  if (!last) return false;
  relabel(r, prepared, hash, *last);
  last->failed_input = last->ok ? std::string() : r.text;
  statistics_.row_kept(*last);
  parts_.output.put(std::move(*last));
  return true;
}

bool delivery::share_resting(const row& r, const prepared_request& prepared, std::uint64_t hash,
                             std::size_t forgotten) {
  if (parts_.resting == nullptr) return false;
  auto last = parts_.resting->find(hash, forgotten);
  if (!last) return false;
  relabel(r, prepared, hash, *last);
  last->tokens = {};
  last->attempts = 0;
  parts_.observer.row_finished(r, told_by(last->line, prepared.custom_id));
  statistics_.row_finished(*last);
  parts_.output.put(std::move(*last));
  return true;
}

bool delivery::finished_before(const row& r) {
  if (!parts_.output.finished(r.index)) return false;
  if (parts_.recognize) parts_.recognize(r);
  return true;
}

std::vector<std::string> delivery::save_artifacts(const row& r, outcome& result) const {
  if (parts_.artifacts == nullptr || result.artifacts.empty()) return {};
  return parts_.artifacts->save(r.index, result, parts_.spec.output.format == output_format::text);
}

void delivery::relabel(const row& r, const prepared_request& prepared, std::uint64_t hash,
                       finished_row& last) const {
  last.line =
      relabelled(last.line, parts_.spec.output.format, r.index, prepared.custom_id, shown_input(r));
  last.index = r.index;
  last.hash = hash;
}

/// As one line of JSON; only the full format shows it.
std::string delivery::shown_input(const row& r) const {
  if (parts_.spec.output.format != output_format::full) return {};
  std::string text;
  if (json::minify(r.text, text)) return json::quote(r.text);
  return text;
}

}  // namespace batchmill
