#include "runner/engine/traffic_facts.hpp"

namespace batchmill {
namespace {

/// Where an answer does not say what it used, the estimate stands.
token_use use_of(const departure& sent, const token_usage& tokens) {
  const token_estimate& estimate = sent.receipt.estimate;
  if (tokens.total <= 0) return token_use(estimate.prompt, estimate.max_output);
  return token_use(static_cast<double>(tokens.prompt), static_cast<double>(tokens.completion));
}

}  // namespace

bool was_paid(answer_kind kind) {
  return kind == answer_kind::success || kind == answer_kind::unexpected;
}

token_estimate estimate_of(const shipment& s) {
  return token_estimate(static_cast<double>(s.prompt_tokens()),
                        static_cast<double>(s.max_output_tokens()));
}

traffic_report report_of(const departure& sent, const answer& a) {
  traffic_report report;
  report.kind = a.what.kind;
  report.responded = a.status != 0;
  report.slow_down = a.what.code == "slow_down";
  report.limits = a.limits;
  report.wait = a.server_wait;
  if (was_paid(a.what.kind)) report.use = use_of(sent, a.what.tokens);
  return report;
}

}  // namespace batchmill
