// A report for programs. Names of fields are stable.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "batchmill/fine_tuning.hpp"
#include "batchmill/json_text.hpp"

namespace batchmill::fine_tuning {

namespace {

template <class T>
std::string or_null(const std::optional<T>& value) {
  return value ? fmt::format("{}", *value) : "null";
}

template <class Range, class Write>
std::string list(const Range& items, Write write) {
  std::string out = "[";
  for (const auto& item : items) out += (out.size() > 1 ? "," : "") + write(item);
  return out + "]";
}

std::string place(const finding& found) {
  return fmt::format(R"({{"line":{},"column":{},"message":{}}})",
                     found.line == 0 ? "null" : std::to_string(found.line),
                     found.column == 0 ? "null" : std::to_string(found.column),
                     json::quote(found.sentence));
}

std::string group_text(const finding_group& group) {
  return fmt::format(R"({{"code":"{}","level":"{}","count":{},"advice":{},"first":{}}})",
                     group.code, group.is_error ? "error" : "warning", group.count,
                     json::quote(group.advice), list(group.first, place));
}

std::string spread_text(const distribution& d) {
  return fmt::format(
      R"({{"count":{},"min":{},"max":{},"sum":{},"mean":{:.3f},"p5":{},"p10":{},"p50":{},"p90":{},)"
      R"("p95":{},"p99":{},"histogram":{}}})",
      d.count, d.least, d.most, d.sum, d.mean(), d.p5, d.p10, d.p50, d.p90, d.p95, d.p99,
      list(d.bars, [](const distribution::bar& bar) {
        return fmt::format(R"({{"from":{},"to":{},"count":{}}})", bar.from, bar.to, bar.count);
      }));
}

std::string file_text(const file_report& r) {
  return fmt::format(
      "{{\n    \"file\": {},\n    \"method\": {},\n    \"bytes\": {},\n    \"lines\": {},\n"
      "    \"examples\": {},\n    \"errors\": {},\n    \"warnings\": {},\n    \"findings\": {},\n"
      "    \"messages\": {},\n    \"tokens\": {},\n    \"assistant_tokens\": {},\n"
      "    \"tokens_per_epoch\": {},\n    \"over_limit\": {},\n    \"labels\": {}\n  }}",
      json::quote(r.file), r.how ? json::quote(name_of(*r.how)) : "null", r.bytes, r.lines,
      r.examples, r.errors, r.warnings, list(r.findings, group_text), spread_text(r.messages),
      spread_text(r.tokens), spread_text(r.assistant_tokens), r.tokens_per_epoch, r.over_limit,
      list(r.labels, [](const label_count& label) {
        return fmt::format(R"({{"label":{},"count":{}}})", json::quote(label.label), label.count);
      }));
}

std::string estimate_text(const training_estimate& e) {
  return fmt::format(
      R"({{"epochs":{},"epochs_chosen":{},"billable_tokens":{},"usd":{},"usd_per_hour":{},)"
      R"("unknown":{}}})",
      e.epochs, e.epochs_chosen, e.billable_tokens,
      e.price ? fmt::format("{:.6f}", e.price->in_dollars()) : "null", or_null(e.dollars_per_hour),
      e.unknown.empty() ? "null" : json::quote(e.unknown));
}

}  // namespace

std::string to_json(const dataset_report& r) {
  return fmt::format(
      "{{\n  \"model\": {},\n  \"encoding\": {},\n  \"encoding_is_guess\": {},\n"
      "  \"example_limit\": {},\n  \"notices\": {},\n  \"training\": {},\n  \"validation\": {},\n"
      "  \"estimate\": {}\n}}",
      r.model.empty() ? "null" : json::quote(r.model), json::quote(r.encoding), r.encoding_is_guess,
      or_null(r.example_limit),
      list(r.notices, [](const std::string& n) { return json::quote(n); }), file_text(r.training),
      r.validation ? file_text(*r.validation) : "null", estimate_text(r.estimate));
}

}  // namespace batchmill::fine_tuning
