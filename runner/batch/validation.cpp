#include "runner/batch/validation.hpp"

#include <algorithm>
#include <array>

namespace batchmill {
namespace {

/// Codes differ between years and servers, so they are matched loosely.
bool concerns_run(const batch_problem& p) {
  constexpr auto codes = std::to_array<std::string_view>(
      {"model_not_found", "billing_hard_limit_reached", "insufficient_quota",
       "invalid_api_endpoint", "unsupported_endpoint", "organization_"});
  return std::ranges::any_of(codes, [&](std::string_view c) { return p.code.starts_with(c); });
}

}  // namespace

bool means_queue_full(std::string_view code, std::string_view message) {
  return code.find("token_limit") != std::string_view::npos ||
         message.find("nqueued token limit") != std::string_view::npos;
}

std::optional<std::int64_t> named_queue_limit(std::string_view message) {
  constexpr std::string_view mark = "Limit: ";
  const std::size_t at = message.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  std::int64_t limit = 0;
  for (const char c : message.substr(at + mark.size())) {
    if (c == ',') continue;
    if (c < '0' || c > '9' || limit > 1'000'000'000'000'000) break;
    limit = limit * 10 + (c - '0');
  }
  return limit > 0 ? std::optional(limit) : std::nullopt;
}

refusal judge_refusal(const std::vector<batch_problem>& problems) {
  refusal result;
  if (!problems.empty()) result.first = problems.front();
  for (const batch_problem& p : problems) {
    if (means_queue_full(p.code, p.message)) {
      result.cause = refusal_cause::queue_full;
      result.limit = named_queue_limit(p.message);
      return result;
    }
    if (p.line && *p.line > 0) result.faulty.emplace(*p.line, p);
    if (concerns_run(p)) result.cause = refusal_cause::run;
  }
  if (result.cause != refusal_cause::run && !result.faulty.empty()) {
    result.cause = refusal_cause::lines;
  }
  return result;
}

}  // namespace batchmill
