// Rate limits and waits in the head of a response, and durations: whatever they say, what is made
// of them is finite and in bounds.
#include <cmath>

#include "batchmill/duration.hpp"
#include "runner/flow/model_traffic.hpp"
#include "runner/flow/response_headers.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace batchmill;
using fuzz::require;

namespace {

constexpr auto day = std::chrono::hours(24);

bool is_amount(const std::optional<double>& value) {
  return !value || (std::isfinite(*value) && *value >= 0);
}

void require_bounds(const limit_headers& family) {
  require(is_amount(family.limit) && is_amount(family.remaining), "limits are amounts");
  require(!family.reset || (*family.reset >= duration::zero() && *family.reset <= 2 * day),
          "a reset is in bounds");
}

/// A model whose server says this again and again must still be asked some day.
void require_progress(const traffic_report& report) {
  model_traffic traffic(limits_spec(), std::chrono::minutes(1));
  time_point now(day);
  for (int i = 0; i < 5; ++i) {
    const departure sent = traffic.depart(token_estimate(), let_in_by::room, now);
    now += std::chrono::milliseconds(100);
    traffic.arrive(sent, report, now);
    const auto next = traffic.next(now);
    require(next.at <= now + 3 * day, "a wait ends");
    require(traffic.rate().requests_per_minute(now) >= 0, "a rate is a number");
    now = std::max(now, next.at);
  }
}

}  // namespace

FUZZ_TARGET(fuzz_headers) {
  static constexpr answer_kind kinds[] = {answer_kind::success, answer_kind::rate_limited,
                                          answer_kind::overloaded, answer_kind::transient};
  traffic_report report;
  report.kind = kinds[fuzz::take_choice(input, std::size(kinds))];
  const http_response response(200, std::string(input), "");
  const noted_headers noted(response);
  report.limits = read_rate_headers(noted);
  for (const auto& family :
       {report.limits.requests, report.limits.tokens, report.limits.project_tokens})
    require_bounds(family);
  report.wait = read_retry_after(noted, wall_time(std::chrono::seconds(1'700'000'000)));
  require(!report.wait || (*report.wait > duration::zero() && *report.wait <= day),
          "a wait is in bounds");
  read_should_retry(noted);
  require_progress(report);
  const auto span = parse_duration(input);
  require(!span || *span >= duration::zero(), "a duration is none that goes back");
  if (span) require(parse_duration(format_duration(*span)).has_value(), "durations are read back");
}
